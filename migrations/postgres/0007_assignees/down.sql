DROP INDEX leads_by_assignee, leads_by_assignee_and_status, leads_by_assignee_and_campaign, leads_of_nobody,
    leads_of_nobody_by_status, leads_of_nobody_by_campaign;
