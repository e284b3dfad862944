-- What is to be done next about a lead, and when. Without a next step the day is the last of all, so that an index has
-- those leads behind the others.
ALTER TABLE leads ADD COLUMN next_step TEXT CHECK (length(next_step) BETWEEN 1 AND 200);
ALTER TABLE leads ADD COLUMN due_on TEXT NOT NULL DEFAULT '9999-12-31'
    CHECK ((next_step IS NULL) = (due_on = '9999-12-31'));

-- What is due, of everybody and of one person.
CREATE INDEX leads_by_due ON leads (due_on, id);
CREATE INDEX leads_by_assignee_and_due ON leads (assignee_id, due_on, id);
-- Few of all leads are worked on, and fewer of those have nothing planned.
CREATE INDEX leads_unplanned ON leads (id) WHERE next_step IS NULL AND status NOT IN ('lost', 'converted');
