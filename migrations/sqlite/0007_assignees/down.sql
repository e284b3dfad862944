DROP INDEX leads_by_assignee_and_campaign;
DROP INDEX leads_by_assignee_and_status;
DROP INDEX leads_by_assignee;
