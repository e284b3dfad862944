DROP TRIGGER leads_are_counted_in;
DROP TRIGGER leads_are_counted_over;
DROP TRIGGER leads_are_counted_out;
-- They count again.
UPDATE counters SET value = value + (
    SELECT count(*) FROM leads WHERE merged_into IS NOT NULL AND 'leads.' || status = counters.name
);
CREATE TRIGGER leads_are_counted_in AFTER INSERT ON leads
BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'leads.' || new.status;
END;
CREATE TRIGGER leads_are_counted_over AFTER UPDATE OF status ON leads WHEN new.status <> old.status
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'leads.' || old.status;
    UPDATE counters SET value = value + 1 WHERE name = 'leads.' || new.status;
END;
CREATE TRIGGER leads_are_counted_out AFTER DELETE ON leads
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'leads.' || old.status;
END;
DROP INDEX leads_of_campaign_in_time;
DROP INDEX leads_in_time;
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at, status);
CREATE INDEX leads_in_time ON leads (created_at, status);
DROP INDEX leads_unplanned;
CREATE INDEX leads_unplanned ON leads (id) WHERE next_step IS NULL AND status NOT IN ('lost', 'converted');
DROP TABLE leads_told_apart;
DROP INDEX leads_merged;
DROP INDEX clients_by_name_key;
DROP INDEX clients_by_email_key;
DROP INDEX clients_by_phone;
DROP INDEX leads_by_name_key;
DROP INDEX leads_by_email_key;
DROP INDEX leads_by_phone;
ALTER TABLE leads DROP COLUMN merged;
ALTER TABLE leads DROP COLUMN merged_version;
ALTER TABLE leads DROP COLUMN merged_into;
ALTER TABLE clients DROP COLUMN name_key;
ALTER TABLE clients DROP COLUMN email_key;
ALTER TABLE leads DROP COLUMN name_key;
ALTER TABLE leads DROP COLUMN email_key;
