-- They count again.
SELECT count_in('leads.' || status, count(*)) FROM leads WHERE merged_into IS NOT NULL GROUP BY status;
DROP TRIGGER leads_are_counted_over ON leads;
CREATE TRIGGER leads_are_counted_over AFTER UPDATE OF status ON leads
    FOR EACH ROW WHEN (new.status <> old.status) EXECUTE FUNCTION count_leads_over();
CREATE OR REPLACE FUNCTION count_new_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_in('leads.' || status, count(*)) FROM new_rows GROUP BY status;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION count_leads_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_in('leads.' || old.status, -1);
    IF tg_op = 'UPDATE' THEN PERFORM count_in('leads.' || new.status, 1); END IF;
    RETURN NULL;
END $$;
DROP INDEX leads_of_campaign_in_time, leads_in_time;
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at, status);
CREATE INDEX leads_in_time ON leads (created_at, status);
DROP TABLE leads_told_apart;
DROP INDEX leads_merged, clients_by_name_key, clients_by_email_key, clients_by_phone, leads_by_name_key, leads_by_email_key,
    leads_by_phone;
ALTER TABLE clients DROP COLUMN name_key, DROP COLUMN email_key;
ALTER TABLE leads DROP COLUMN merged, DROP COLUMN merged_version, DROP COLUMN merged_into, DROP COLUMN name_key,
    DROP COLUMN email_key, ALTER COLUMN phone TYPE text COLLATE "default";
DROP FUNCTION name_key(text);
DROP FUNCTION email_key(text);
