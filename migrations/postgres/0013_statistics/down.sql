DROP INDEX spend_entries_in_time;
DROP INDEX clients_by_cohort;
CREATE INDEX clients_by_cohort ON clients (lead_created_at);
DROP INDEX leads_in_time;
CREATE INDEX leads_in_time ON leads (created_at);
DROP INDEX leads_of_campaign_in_time;
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at);
