-- The first schema: the tables of ../../sqlite/0001_first, in the words of PostgreSQL. What it has in common:
--
-- * Plain types of standard SQL, and no extension: what speaks PostgreSQL can keep it.
-- * Ids are UUIDv7: their order is the order of creation, so "newest first" is a walk down the primary key.
-- * Moments are microseconds in UTC, money is minor units.
-- * Folded and search columns are written by the program, and compared byte by byte (COLLATE "C"): what lower() and
--   ORDER BY make of Cyrillic depends on the locale that the database was made with.
-- * Checks repeat the limits of the domain, so that a mistake in the program cannot leave a record it cannot read.
-- * References are checked at once, save where two tables name each other: there at the commit. All can be put off to
--   the commit, which filling a database from another one does.
--   No index serves the authors' columns: users are never deleted, so nobody looks for what refers to one.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    username text NOT NULL CHECK (length(username) BETWEEN 3 AND 64),
    username_folded text COLLATE "C" NOT NULL UNIQUE,
    full_name text NOT NULL CHECK (length(full_name) <= 200),
    -- The full name, or else the username, folded: pickers are in this order.
    display_folded text COLLATE "C" NOT NULL,
    email text CHECK (length(email) BETWEEN 3 AND 254),
    superuser boolean NOT NULL,
    active boolean NOT NULL,
    password text NOT NULL CHECK (password <> ''),
    password_set_at timestamptz NOT NULL,
    grants text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE
);

CREATE TABLE roles (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    name_folded text COLLATE "C" NOT NULL UNIQUE,
    -- Codes parted by spaces. A set is only ever read whole, so it needs no table of its own.
    permissions text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE
);

CREATE TABLE user_roles (
    user_id uuid NOT NULL REFERENCES users DEFERRABLE,
    role_id uuid NOT NULL REFERENCES roles DEFERRABLE,
    PRIMARY KEY (user_id, role_id)
);

CREATE TABLE sessions (
    -- SHA-256 of the token. The token itself is nowhere but in the browser.
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id uuid NOT NULL REFERENCES users DEFERRABLE,
    signed_in_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL
);

-- All sessions of a user end at once when they are deactivated.
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE services (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_folded text COLLATE "C" NOT NULL UNIQUE,
    search text COLLATE "C" NOT NULL,
    description text NOT NULL CHECK (length(description) <= 4000),
    price bigint NOT NULL CHECK (price BETWEEN 0 AND 9999999999999),
    archived boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE
);

CREATE TABLE campaigns (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 160),
    name_folded text COLLATE "C" NOT NULL UNIQUE,
    search text COLLATE "C" NOT NULL,
    service_id uuid NOT NULL REFERENCES services DEFERRABLE,
    channel text COLLATE "C" NOT NULL CHECK (length(channel) BETWEEN 1 AND 80),
    budget bigint NOT NULL CHECK (budget BETWEEN 0 AND 9999999999999),
    starts_on date,
    ends_on date,
    archived boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE,
    CHECK (ends_on >= starts_on)
);

CREATE INDEX campaigns_by_service ON campaigns (service_id, id);
-- The channels in use are read from the index alone.
CREATE INDEX campaigns_by_channel ON campaigns (channel);

CREATE TABLE spend_entries (
    id uuid PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaigns DEFERRABLE,
    spent_on date NOT NULL CHECK (spent_on BETWEEN '2000-01-01' AND '2200-12-31'),
    amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9999999999999),
    note text NOT NULL CHECK (length(note) <= 200),
    cancelled boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE
);

-- The list of all entries, and of one campaign's: latest day first.
CREATE INDEX spend_entries_by_day ON spend_entries (spent_on, id);
CREATE INDEX spend_entries_by_campaign ON spend_entries (campaign_id, spent_on, id);
-- Everything that the statistics read of an entry.
CREATE INDEX spend_entries_counted ON spend_entries (campaign_id, spent_on, amount) WHERE NOT cancelled;

CREATE TABLE leads (
    id uuid PRIMARY KEY,
    full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
    phone text CHECK (phone ~ '^\+[0-9]{5,15}$'),
    email text CHECK (length(email) BETWEEN 3 AND 254),
    -- Name, phone and email, folded.
    search text COLLATE "C" NOT NULL,
    campaign_id uuid REFERENCES campaigns DEFERRABLE,
    assignee_id uuid REFERENCES users DEFERRABLE,
    status text NOT NULL CHECK (status IN ('new', 'in_progress', 'qualified', 'lost', 'converted')),
    lost_reason text CHECK (length(lost_reason) BETWEEN 1 AND 200),
    client_id uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE,
    CHECK (phone IS NOT NULL OR email IS NOT NULL),
    CHECK ((status = 'lost') = (lost_reason IS NOT NULL)),
    CHECK ((status = 'converted') = (client_id IS NOT NULL))
);

-- The list narrowed to a status, a campaign or both: an index has the order already.
CREATE INDEX leads_by_status ON leads (status, id);
CREATE INDEX leads_by_campaign ON leads (campaign_id, id);
CREATE INDEX leads_by_campaign_and_status ON leads (campaign_id, status, id);
-- The statistics count leads of a campaign in a period, and of all in a stretch, without touching the rows.
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at);
CREATE INDEX leads_in_time ON leads (created_at);

CREATE TABLE notes (
    id uuid PRIMARY KEY,
    lead_id uuid NOT NULL REFERENCES leads DEFERRABLE,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE
);

CREATE INDEX notes_by_lead ON notes (lead_id, id);

CREATE TABLE clients (
    id uuid PRIMARY KEY,
    -- One lead makes one client.
    lead_id uuid NOT NULL UNIQUE REFERENCES leads DEFERRABLE INITIALLY DEFERRED,
    -- When that lead was created: the client's cohort. Kept by triggers, so that statistics need not visit the leads.
    lead_created_at timestamptz,
    first_contract_id uuid NOT NULL,
    acquired_by uuid REFERENCES campaigns DEFERRABLE,
    full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
    phone text CHECK (phone ~ '^\+[0-9]{5,15}$'),
    email text CHECK (length(email) BETWEEN 3 AND 254),
    search text COLLATE "C" NOT NULL,
    converted_at timestamptz NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE,
    CHECK (phone IS NOT NULL OR email IS NOT NULL)
);

-- Clients and, through their ids, contracts by campaign and period; clients by stretch of time.
CREATE INDEX clients_of_campaign_by_cohort ON clients (acquired_by, lead_created_at, id);
CREATE INDEX clients_of_campaign_by_conversion ON clients (acquired_by, converted_at);
CREATE INDEX clients_by_cohort ON clients (lead_created_at);
CREATE INDEX clients_by_conversion ON clients (converted_at);

-- The order within a transaction is free: the client may come after its lead, or before it.
CREATE FUNCTION join_cohort() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.lead_created_at := (SELECT created_at FROM leads WHERE id = new.lead_id);
    RETURN new;
END $$;

CREATE FUNCTION make_cohort() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE clients SET lead_created_at = new.created_at WHERE lead_id = new.id AND lead_created_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER clients_join_a_cohort BEFORE INSERT OR UPDATE OF lead_id ON clients
    FOR EACH ROW EXECUTE FUNCTION join_cohort();
-- Only a converted lead can have a client already: others need not look for one.
CREATE TRIGGER leads_make_a_cohort AFTER INSERT OR UPDATE OF client_id ON leads
    FOR EACH ROW WHEN (new.client_id IS NOT NULL) EXECUTE FUNCTION make_cohort();

CREATE TABLE documents (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    kind text NOT NULL CHECK (kind IN ('pdf', 'doc', 'docx', 'odt', 'rtf', 'jpeg', 'png', 'tiff')),
    size bigint NOT NULL CHECK (size >= 0),
    checksum bytea NOT NULL CHECK (length(checksum) = 32),
    contract_id uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE
);

CREATE INDEX documents_by_contract ON documents (contract_id, id);
-- The sweep looks for files that wait too long; hardly any file waits.
CREATE INDEX documents_waiting ON documents (created_at) WHERE contract_id IS NULL;

CREATE TABLE contracts (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    search text COLLATE "C" NOT NULL,
    service_id uuid NOT NULL REFERENCES services DEFERRABLE,
    signed_on date NOT NULL CHECK (signed_on BETWEEN '2000-01-01' AND '2200-12-31'),
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    amount bigint NOT NULL CHECK (amount BETWEEN 0 AND 9999999999999),
    -- One file belongs to one contract.
    document_id uuid NOT NULL UNIQUE REFERENCES documents DEFERRABLE INITIALLY DEFERRED,
    client_id uuid REFERENCES clients DEFERRABLE INITIALLY DEFERRED,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE,
    CHECK (valid_until >= valid_from)
);

-- A client's contracts, and, with no client, the free ones.
CREATE INDEX contracts_by_client ON contracts (client_id, id);
-- Everything that the statistics read of a contract, from either end.
CREATE INDEX contracts_of_client ON contracts (client_id, signed_on, amount, service_id);
CREATE INDEX contracts_by_day ON contracts (signed_on, client_id, amount, service_id);

CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    by_user uuid REFERENCES users DEFERRABLE,
    kind text NOT NULL,
    -- No reference: the history of an upload stays when the upload is gone.
    record_id uuid NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    -- [{"field": code, "before": text or null, "after": text or null}, …]
    changes text NOT NULL CHECK (jsonb_typeof(changes::jsonb) = 'array')
);

CREATE INDEX audit_log_by_record ON audit_log (kind, record_id, version, id);

-- A client is written before or after its lead, in the same transaction; so are a contract and its first client,
-- a document and its contract.
ALTER TABLE leads ADD FOREIGN KEY (client_id) REFERENCES clients DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE clients ADD FOREIGN KEY (first_contract_id) REFERENCES contracts DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE documents ADD FOREIGN KEY (contract_id) REFERENCES contracts DEFERRABLE INITIALLY DEFERRED;

-- History is written once. A mistake in the program, or a hand with a database tool, is refused here.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;

CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_is_never_emptied BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How many there are of what, kept by triggers: the home page shows exact numbers and counts no rows. Each number is
-- the sum of its slots, because a row that every transaction changes would let only one of them through at a time.
CREATE TABLE counters (
    name text COLLATE "C" NOT NULL,
    slot integer NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (name, slot)
);

CREATE FUNCTION count_in(counted text, more bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO counters AS c (name, slot, value) VALUES (counted, pg_backend_pid() % 64, more)
    ON CONFLICT (name, slot) DO UPDATE SET value = c.value + excluded.value
$$;

-- New rows are counted once for each statement: a row that one transaction changes a thousand times is a thousand
-- versions, and each change looks through those before it.
CREATE FUNCTION count_new_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_in(tg_table_name, count(*)) FROM new_rows;
    RETURN NULL;
END $$;

CREATE FUNCTION count_new_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_in('leads.' || status, count(*)) FROM new_rows GROUP BY status;
    RETURN NULL;
END $$;

CREATE FUNCTION count_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_in(tg_table_name, -1);
    RETURN NULL;
END $$;

-- Of tables in which what is archived does not count.
CREATE FUNCTION count_unarchived() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := 0;
    after bigint := 0;
BEGIN
    IF tg_op <> 'INSERT' AND NOT old.archived THEN before := 1; END IF;
    IF tg_op <> 'DELETE' AND NOT new.archived THEN after := 1; END IF;
    IF before <> after THEN PERFORM count_in(tg_table_name, after - before); END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION count_leads_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_in('leads.' || old.status, -1);
    IF tg_op = 'UPDATE' THEN PERFORM count_in('leads.' || new.status, 1); END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER services_are_counted AFTER INSERT OR DELETE OR UPDATE OF archived ON services
    FOR EACH ROW EXECUTE FUNCTION count_unarchived();
CREATE TRIGGER campaigns_are_counted AFTER INSERT OR DELETE OR UPDATE OF archived ON campaigns
    FOR EACH ROW EXECUTE FUNCTION count_unarchived();
CREATE TRIGGER leads_are_counted_in AFTER INSERT ON leads
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_new_leads();
CREATE TRIGGER leads_are_counted_over AFTER UPDATE OF status ON leads
    FOR EACH ROW WHEN (new.status <> old.status) EXECUTE FUNCTION count_leads_over();
CREATE TRIGGER leads_are_counted_out AFTER DELETE ON leads FOR EACH ROW EXECUTE FUNCTION count_leads_over();
CREATE TRIGGER clients_are_counted_in AFTER INSERT ON clients
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_new_rows();
CREATE TRIGGER clients_are_counted_out AFTER DELETE ON clients FOR EACH ROW EXECUTE FUNCTION count_out();
CREATE TRIGGER contracts_are_counted_in AFTER INSERT ON contracts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_new_rows();
CREATE TRIGGER contracts_are_counted_out AFTER DELETE ON contracts FOR EACH ROW EXECUTE FUNCTION count_out();

-- Never has a row. A writer locks it first: shared with other writers, or exclusively after a conflict.
CREATE TABLE turns ();
