DROP INDEX leads_by_due, leads_by_assignee_and_due, leads_of_nobody_by_due, leads_unplanned;
ALTER TABLE leads DROP COLUMN due_on, DROP COLUMN next_step;
