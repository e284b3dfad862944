-- Leads that are one person: found by a key that both have, merged, and told apart again.

-- The email, folded, and the words of the name, folded and in the order of their characters.
ALTER TABLE leads ADD COLUMN email_key TEXT;
ALTER TABLE leads ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN email_key TEXT;
ALTER TABLE clients ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
-- Where the lead went, and which version of that one the merging made.
ALTER TABLE leads ADD COLUMN merged_into BLOB REFERENCES leads;
ALTER TABLE leads ADD COLUMN merged_version INTEGER CHECK ((merged_version IS NULL) = (merged_into IS NULL));
-- The ids of those that were merged into it, with spaces between.
ALTER TABLE leads ADD COLUMN merged TEXT NOT NULL DEFAULT '';

-- The text for search is the name, the phone and the email, folded already: its last word is the email, and the name ends
-- two spaces before the end of the phone.
UPDATE leads SET email_key = substr(search, length(rtrim(search, replace(search, ' ', ''))) + 1) WHERE email IS NOT NULL;
UPDATE leads SET name_key = (
    SELECT group_concat(value, ' ') FROM (
        SELECT value FROM json_each('[' || replace(json_quote(substr(
            search, 1, length(search) - length(coalesce(email_key, '')) - length(coalesce(phone, '')) - 2
        )), ' ', '","') || ']') WHERE value <> '' ORDER BY value
    )
);
UPDATE clients SET email_key = substr(search, length(rtrim(search, replace(search, ' ', ''))) + 1) WHERE email IS NOT NULL;
UPDATE clients SET name_key = (
    SELECT group_concat(value, ' ') FROM (
        SELECT value FROM json_each('[' || replace(json_quote(substr(
            search, 1, length(search) - length(coalesce(email_key, '')) - length(coalesce(phone, '')) - 2
        )), ' ', '","') || ']') WHERE value <> '' ORDER BY value
    )
);

-- SQLite looks at a row for every column that is asked for, one that an index is narrowed by as well: so it is in the index.
CREATE INDEX leads_by_phone ON leads (phone, id, merged_into) WHERE phone IS NOT NULL;
CREATE INDEX leads_by_email_key ON leads (email_key, id, merged_into) WHERE email_key IS NOT NULL;
CREATE INDEX leads_by_name_key ON leads (name_key, id, merged_into);
CREATE INDEX clients_by_phone ON clients (phone, lead_id) WHERE phone IS NOT NULL;
CREATE INDEX clients_by_email_key ON clients (email_key, lead_id) WHERE email_key IS NOT NULL;
CREATE INDEX clients_by_name_key ON clients (name_key, lead_id);
DROP INDEX leads_unplanned;
CREATE INDEX leads_unplanned ON leads (id, merged_into)
    WHERE next_step IS NULL AND status NOT IN ('lost', 'converted') AND merged_into IS NULL;
-- Few leads are merged.
CREATE INDEX leads_merged ON leads (merged_into, id) WHERE merged_into IS NOT NULL;

-- Pairs that look like one person, and are none.
CREATE TABLE leads_told_apart (
    older BLOB NOT NULL REFERENCES leads,
    newer BLOB NOT NULL REFERENCES leads,
    PRIMARY KEY (older, newer),
    CHECK (older < newer)
) STRICT, WITHOUT ROWID;
CREATE INDEX leads_told_apart_by_newer ON leads_told_apart (newer);

-- What was merged into another lead counts no more, in the statistics and among the counters.
DROP INDEX leads_of_campaign_in_time;
DROP INDEX leads_in_time;
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at, status, merged_into);
CREATE INDEX leads_in_time ON leads (created_at, status, merged_into);

DROP TRIGGER leads_are_counted_in;
DROP TRIGGER leads_are_counted_over;
DROP TRIGGER leads_are_counted_out;
CREATE TRIGGER leads_are_counted_in AFTER INSERT ON leads WHEN new.merged_into IS NULL
BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'leads.' || new.status;
END;
CREATE TRIGGER leads_are_counted_over AFTER UPDATE OF status, merged_into ON leads
WHEN new.status <> old.status OR (new.merged_into IS NULL) <> (old.merged_into IS NULL)
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'leads.' || old.status AND old.merged_into IS NULL;
    UPDATE counters SET value = value + 1 WHERE name = 'leads.' || new.status AND new.merged_into IS NULL;
END;
CREATE TRIGGER leads_are_counted_out AFTER DELETE ON leads WHEN old.merged_into IS NULL
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'leads.' || old.status;
END;
