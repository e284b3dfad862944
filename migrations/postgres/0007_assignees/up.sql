-- The list of leads narrowed to whose they are, and to a status or a campaign of theirs.
CREATE INDEX leads_by_assignee ON leads (assignee_id, id);
CREATE INDEX leads_by_assignee_and_status ON leads (assignee_id, status, id);
CREATE INDEX leads_by_assignee_and_campaign ON leads (assignee_id, campaign_id, id);
-- What is NULL is no constant here, so the indexes above have nobody's leads in no order.
CREATE INDEX leads_of_nobody ON leads (id) WHERE assignee_id IS NULL;
CREATE INDEX leads_of_nobody_by_status ON leads (status, id) WHERE assignee_id IS NULL;
CREATE INDEX leads_of_nobody_by_campaign ON leads (campaign_id, id) WHERE assignee_id IS NULL;
