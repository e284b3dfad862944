DROP INDEX leads_unplanned;
DROP INDEX leads_by_assignee_and_due;
DROP INDEX leads_by_due;
ALTER TABLE leads DROP COLUMN due_on;
ALTER TABLE leads DROP COLUMN next_step;
