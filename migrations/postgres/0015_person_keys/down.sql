DROP TRIGGER leads_keep_their_keys ON leads;
DROP TRIGGER clients_keep_their_keys ON clients;
DROP FUNCTION keep_person_keys();
ALTER TABLE leads
    DROP COLUMN email_key,
    DROP COLUMN name_key,
    ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (email_key(search)) STORED,
    ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (name_key(search)) STORED;
ALTER TABLE clients
    DROP COLUMN email_key,
    DROP COLUMN name_key,
    ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (email_key(search)) STORED,
    ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (name_key(search)) STORED;
CREATE INDEX leads_by_email_key ON leads (email_key, id) INCLUDE (merged_into) WHERE email_key IS NOT NULL;
CREATE INDEX leads_by_name_key ON leads (name_key, id) INCLUDE (merged_into);
CREATE INDEX clients_by_email_key ON clients (email_key, lead_id) WHERE email_key IS NOT NULL;
CREATE INDEX clients_by_name_key ON clients (name_key, lead_id);
