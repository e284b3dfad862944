-- The first schema. What it has in common:
--
-- * STRICT, because SQLite otherwise keeps any type in any column.
-- * Ids are UUIDv7 in 16 bytes: their order is the order of creation, so "newest first" is a walk down the primary key.
-- * Moments are microseconds since 1970 in UTC, days are ISO text, money is minor units, truth is 0 or 1.
-- * Folded and search columns are written by the program: SQLite knows only the case of ASCII letters.
-- * Checks repeat the limits of the domain, so that a mistake in the program cannot leave a record it cannot read.
-- * References are checked at once, save where two tables name each other: there at the commit.
--   No index serves the authors' columns: users are never deleted, so nobody looks for what refers to one.

CREATE TABLE roles (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    name_folded TEXT NOT NULL UNIQUE,
    -- Codes parted by spaces. A set is only ever read whole, so it needs no table of its own.
    permissions TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users
) STRICT;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    username TEXT NOT NULL CHECK (length(username) BETWEEN 3 AND 64),
    username_folded TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL CHECK (length(full_name) <= 200),
    -- The full name, or else the username, folded: pickers are in this order.
    display_folded TEXT NOT NULL,
    email TEXT CHECK (length(email) BETWEEN 3 AND 254),
    superuser INTEGER NOT NULL CHECK (superuser IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    password TEXT NOT NULL CHECK (password <> ''),
    password_set_at INTEGER NOT NULL,
    grants TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users
) STRICT;

CREATE TABLE user_roles (
    user_id BLOB NOT NULL REFERENCES users,
    role_id BLOB NOT NULL REFERENCES roles,
    PRIMARY KEY (user_id, role_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    -- SHA-256 of the token. The token itself is nowhere but in the browser.
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id BLOB NOT NULL REFERENCES users,
    signed_in_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- All sessions of a user end at once when they are deactivated.
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE services (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_folded TEXT NOT NULL UNIQUE,
    search TEXT NOT NULL,
    description TEXT NOT NULL CHECK (length(description) <= 4000),
    price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 9999999999999),
    archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users
) STRICT;

CREATE TABLE campaigns (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 160),
    name_folded TEXT NOT NULL UNIQUE,
    search TEXT NOT NULL,
    service_id BLOB NOT NULL REFERENCES services,
    channel TEXT NOT NULL CHECK (length(channel) BETWEEN 1 AND 80),
    budget INTEGER NOT NULL CHECK (budget BETWEEN 0 AND 9999999999999),
    starts_on TEXT CHECK (starts_on IS date(starts_on)),
    ends_on TEXT CHECK (ends_on IS date(ends_on)),
    archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users,
    CHECK (ends_on >= starts_on)
) STRICT;

CREATE INDEX campaigns_by_service ON campaigns (service_id, id);
-- The channels in use are read from the index alone.
CREATE INDEX campaigns_by_channel ON campaigns (channel);

CREATE TABLE spend_entries (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    campaign_id BLOB NOT NULL REFERENCES campaigns,
    spent_on TEXT NOT NULL CHECK (spent_on IS date(spent_on) AND spent_on BETWEEN '2000-01-01' AND '2200-12-31'),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9999999999999),
    note TEXT NOT NULL CHECK (length(note) <= 200),
    cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users
) STRICT;

-- The list of all entries, and of one campaign's: latest day first.
CREATE INDEX spend_entries_by_day ON spend_entries (spent_on, id);
CREATE INDEX spend_entries_by_campaign ON spend_entries (campaign_id, spent_on, id);
-- Everything that the statistics read of an entry.
CREATE INDEX spend_entries_counted ON spend_entries (campaign_id, spent_on, amount) WHERE cancelled = 0;

CREATE TABLE leads (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
    phone TEXT CHECK (phone GLOB '+[0-9]*' AND length(phone) BETWEEN 6 AND 16),
    email TEXT CHECK (length(email) BETWEEN 3 AND 254),
    -- Name, phone and email, folded.
    search TEXT NOT NULL,
    campaign_id BLOB REFERENCES campaigns,
    assignee_id BLOB REFERENCES users,
    status TEXT NOT NULL CHECK (status IN ('new', 'in_progress', 'qualified', 'lost', 'converted')),
    lost_reason TEXT CHECK (length(lost_reason) BETWEEN 1 AND 200),
    -- A client is written before or after its lead, in the same transaction.
    client_id BLOB REFERENCES clients DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users,
    CHECK (phone IS NOT NULL OR email IS NOT NULL),
    CHECK ((status = 'lost') = (lost_reason IS NOT NULL)),
    CHECK ((status = 'converted') = (client_id IS NOT NULL))
) STRICT;

-- The list narrowed to a status, a campaign or both: an index has the order already.
CREATE INDEX leads_by_status ON leads (status, id);
CREATE INDEX leads_by_campaign ON leads (campaign_id, id);
CREATE INDEX leads_by_campaign_and_status ON leads (campaign_id, status, id);
-- The statistics count leads of a campaign in a period, and of all in a stretch, without touching the rows.
CREATE INDEX leads_of_campaign_in_time ON leads (campaign_id, created_at);
CREATE INDEX leads_in_time ON leads (created_at);

CREATE TABLE notes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    lead_id BLOB NOT NULL REFERENCES leads,
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users
) STRICT;

CREATE INDEX notes_by_lead ON notes (lead_id, id);

CREATE TABLE clients (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- One lead makes one client.
    lead_id BLOB NOT NULL UNIQUE REFERENCES leads DEFERRABLE INITIALLY DEFERRED,
    -- When that lead was created: the client's cohort. Kept by triggers, so that statistics need not visit the leads.
    lead_created_at INTEGER,
    first_contract_id BLOB NOT NULL REFERENCES contracts DEFERRABLE INITIALLY DEFERRED,
    acquired_by BLOB REFERENCES campaigns,
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
    phone TEXT CHECK (phone GLOB '+[0-9]*' AND length(phone) BETWEEN 6 AND 16),
    email TEXT CHECK (length(email) BETWEEN 3 AND 254),
    search TEXT NOT NULL,
    converted_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users,
    CHECK (phone IS NOT NULL OR email IS NOT NULL)
) STRICT;

-- Clients and, through their ids, contracts by campaign and period; clients by stretch of time.
CREATE INDEX clients_of_campaign_by_cohort ON clients (acquired_by, lead_created_at, id);
CREATE INDEX clients_of_campaign_by_conversion ON clients (acquired_by, converted_at);
CREATE INDEX clients_by_cohort ON clients (lead_created_at);
CREATE INDEX clients_by_conversion ON clients (converted_at);

CREATE TRIGGER clients_join_a_cohort AFTER INSERT ON clients
BEGIN
    UPDATE clients SET lead_created_at = (SELECT created_at FROM leads WHERE id = new.lead_id) WHERE id = new.id;
END;
CREATE TRIGGER clients_change_their_cohort AFTER UPDATE OF lead_id ON clients WHEN new.lead_id <> old.lead_id
BEGIN
    UPDATE clients SET lead_created_at = (SELECT created_at FROM leads WHERE id = new.lead_id) WHERE id = new.id;
END;
-- The order within a transaction is free: the lead may come after its client.
CREATE TRIGGER leads_make_a_cohort AFTER INSERT ON leads
BEGIN
    UPDATE clients SET lead_created_at = new.created_at WHERE lead_id = new.id;
END;

CREATE TABLE documents (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    kind TEXT NOT NULL CHECK (kind IN ('pdf', 'doc', 'docx', 'odt', 'rtf', 'jpeg', 'png', 'tiff')),
    size INTEGER NOT NULL CHECK (size >= 0),
    checksum BLOB NOT NULL CHECK (length(checksum) = 32),
    contract_id BLOB REFERENCES contracts DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users
) STRICT;

CREATE INDEX documents_by_contract ON documents (contract_id, id);
-- The sweep looks for files that wait too long; hardly any file waits.
CREATE INDEX documents_waiting ON documents (created_at) WHERE contract_id IS NULL;

CREATE TABLE contracts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    search TEXT NOT NULL,
    service_id BLOB NOT NULL REFERENCES services,
    signed_on TEXT NOT NULL CHECK (signed_on IS date(signed_on) AND signed_on BETWEEN '2000-01-01' AND '2200-12-31'),
    valid_from TEXT NOT NULL CHECK (valid_from IS date(valid_from)),
    valid_until TEXT NOT NULL CHECK (valid_until IS date(valid_until)),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9999999999999),
    -- One file belongs to one contract.
    document_id BLOB NOT NULL UNIQUE REFERENCES documents DEFERRABLE INITIALLY DEFERRED,
    client_id BLOB REFERENCES clients DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users,
    CHECK (valid_until >= valid_from)
) STRICT;

-- A client's contracts, and, with no client, the free ones.
CREATE INDEX contracts_by_client ON contracts (client_id, id);
-- Everything that the statistics read of a contract, from either end.
CREATE INDEX contracts_of_client ON contracts (client_id, signed_on, amount, service_id);
CREATE INDEX contracts_by_day ON contracts (signed_on, client_id, amount, service_id);

CREATE TABLE audit_log (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    by_user BLOB REFERENCES users,
    kind TEXT NOT NULL,
    -- No reference: the history of an upload stays when the upload is gone.
    record_id BLOB NOT NULL CHECK (length(record_id) = 16),
    version INTEGER NOT NULL CHECK (version >= 1),
    -- [{"field": code, "before": text or null, "after": text or null}, …]
    changes TEXT NOT NULL CHECK (json_valid(changes))
) STRICT;

CREATE INDEX audit_log_by_record ON audit_log (kind, record_id, version, id);

-- History is written once. A mistake in the program, or a hand with a database tool, is refused here.
CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_is_never_shortened BEFORE DELETE ON audit_log
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;

-- How many there are of what, kept by triggers: the home page shows exact numbers and counts no rows.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO counters (name, value) VALUES
    ('services', 0), ('campaigns', 0), ('clients', 0), ('contracts', 0),
    ('leads.new', 0), ('leads.in_progress', 0), ('leads.qualified', 0), ('leads.lost', 0), ('leads.converted', 0);

CREATE TRIGGER services_are_counted_in AFTER INSERT ON services WHEN new.archived = 0
BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'services';
END;
CREATE TRIGGER services_are_counted_over AFTER UPDATE OF archived ON services WHEN new.archived <> old.archived
BEGIN
    UPDATE counters SET value = value + old.archived - new.archived WHERE name = 'services';
END;
CREATE TRIGGER services_are_counted_out AFTER DELETE ON services WHEN old.archived = 0
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'services';
END;

CREATE TRIGGER campaigns_are_counted_in AFTER INSERT ON campaigns WHEN new.archived = 0
BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'campaigns';
END;
CREATE TRIGGER campaigns_are_counted_over AFTER UPDATE OF archived ON campaigns WHEN new.archived <> old.archived
BEGIN
    UPDATE counters SET value = value + old.archived - new.archived WHERE name = 'campaigns';
END;
CREATE TRIGGER campaigns_are_counted_out AFTER DELETE ON campaigns WHEN old.archived = 0
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'campaigns';
END;

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

CREATE TRIGGER clients_are_counted_in AFTER INSERT ON clients
BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'clients';
END;
CREATE TRIGGER clients_are_counted_out AFTER DELETE ON clients
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'clients';
END;

CREATE TRIGGER contracts_are_counted_in AFTER INSERT ON contracts
BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'contracts';
END;
CREATE TRIGGER contracts_are_counted_out AFTER DELETE ON contracts
BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'contracts';
END;
