-- Leads that are one person: found by a key that both have, merged, and told apart again.

-- The text for search is the name, the phone and the email, folded already. The keys are made of it here, so that a
-- program of before, which still runs beside this one, keeps them as well.
CREATE FUNCTION email_key(search text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(substring(search FROM '[^ ]*$'), '')
$$;
-- The words of the name in the order of their characters.
CREATE FUNCTION name_key(search text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_string(ARRAY(
        SELECT word FROM unnest(string_to_array(regexp_replace(search, ' [^ ]* [^ ]*$', ''), ' ')) AS word
        WHERE word <> '' ORDER BY word COLLATE "C"
    ), ' ')
$$;
ALTER TABLE leads
    -- The list of duplicates runs in the order of its characters.
    ALTER COLUMN phone TYPE text COLLATE "C",
    ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (email_key(search)) STORED,
    ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (name_key(search)) STORED,
    -- Where the lead went, and which version of that one the merging made.
    ADD COLUMN merged_into uuid REFERENCES leads DEFERRABLE,
    ADD COLUMN merged_version integer,
    -- The ids of those that were merged into it, with spaces between.
    ADD COLUMN merged text NOT NULL DEFAULT '',
    ADD CHECK (num_nulls(merged_into, merged_version) IN (0, 2));
ALTER TABLE clients
    ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (email_key(search)) STORED,
    ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (name_key(search)) STORED;

CREATE INDEX leads_by_phone ON leads (phone, id) INCLUDE (merged_into) WHERE phone IS NOT NULL;
CREATE INDEX leads_by_email_key ON leads (email_key, id) INCLUDE (merged_into) WHERE email_key IS NOT NULL;
CREATE INDEX leads_by_name_key ON leads (name_key, id) INCLUDE (merged_into);
CREATE INDEX clients_by_phone ON clients (phone, lead_id) WHERE phone IS NOT NULL;
CREATE INDEX clients_by_email_key ON clients (email_key, lead_id) WHERE email_key IS NOT NULL;
CREATE INDEX clients_by_name_key ON clients (name_key, lead_id);
-- Few leads are merged.
CREATE INDEX leads_merged ON leads (merged_into, id) WHERE merged_into IS NOT NULL;

-- Pairs that look like one person, and are none.
CREATE TABLE leads_told_apart (
    older uuid NOT NULL REFERENCES leads DEFERRABLE,
    newer uuid NOT NULL REFERENCES leads DEFERRABLE,
    PRIMARY KEY (older, newer),
    CHECK (older < newer)
);
CREATE INDEX leads_told_apart_by_newer ON leads_told_apart (newer);

-- What was merged into another lead counts no more, in the statistics and among the counters.
DROP INDEX leads_of_campaign_in_time, leads_in_time;
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at, status) WHERE merged_into IS NULL;
CREATE INDEX leads_in_time ON leads (created_at, status) WHERE merged_into IS NULL;

CREATE OR REPLACE FUNCTION count_new_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_in('leads.' || status, count(*)) FROM new_rows WHERE merged_into IS NULL GROUP BY status;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION count_leads_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF old.merged_into IS NULL THEN PERFORM count_in('leads.' || old.status, -1); END IF;
    IF tg_op = 'UPDATE' AND new.merged_into IS NULL THEN PERFORM count_in('leads.' || new.status, 1); END IF;
    RETURN NULL;
END $$;
DROP TRIGGER leads_are_counted_over ON leads;
CREATE TRIGGER leads_are_counted_over AFTER UPDATE OF status, merged_into ON leads
    FOR EACH ROW WHEN (new.status <> old.status OR (new.merged_into IS NULL) <> (old.merged_into IS NULL))
    EXECUTE FUNCTION count_leads_over();
