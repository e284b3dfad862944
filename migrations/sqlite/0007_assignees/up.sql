-- The list of leads narrowed to whose they are, and to a status or a campaign of theirs.
CREATE INDEX leads_by_assignee ON leads (assignee_id, id);
CREATE INDEX leads_by_assignee_and_status ON leads (assignee_id, status, id);
CREATE INDEX leads_by_assignee_and_campaign ON leads (assignee_id, campaign_id, id);
