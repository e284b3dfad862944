-- The statistics read from indexes alone whether a lead is new, when and by which campaign a client of a cohort was won,
-- and what was spent when.
DROP INDEX leads_of_campaign_in_time;
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at, status);
DROP INDEX leads_in_time;
CREATE INDEX leads_in_time ON leads (created_at, status);
DROP INDEX clients_by_cohort;
CREATE INDEX clients_by_cohort ON clients (lead_created_at, converted_at, acquired_by, id);
CREATE INDEX spend_entries_in_time ON spend_entries (spent_on, amount) WHERE NOT cancelled;
