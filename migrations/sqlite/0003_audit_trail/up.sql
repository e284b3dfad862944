-- Who did it from where; what was done; and the seal that shows when a row was changed or taken away.
ALTER TABLE audit_log ADD COLUMN from_address TEXT;
ALTER TABLE audit_log ADD COLUMN act TEXT NOT NULL DEFAULT 'changed';
-- None of these three where the entry is older than seals are.
ALTER TABLE audit_log ADD COLUMN chain INTEGER;
ALTER TABLE audit_log ADD COLUMN position INTEGER CHECK (position >= 1);
ALTER TABLE audit_log ADD COLUMN hash BLOB CHECK (length(hash) = 32);

DROP TRIGGER audit_log_is_never_changed;
UPDATE audit_log SET act = 'created' WHERE version = 1;
CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;

-- The history of a record, without what its user did besides.
DROP INDEX audit_log_by_record;
CREATE INDEX audit_log_by_record ON audit_log (kind, record_id, version, id) WHERE act IN ('created', 'changed');
CREATE UNIQUE INDEX audit_log_by_place ON audit_log (chain, position);
-- The page of the log walks down one of these, or down the ids alone.
CREATE INDEX audit_log_by_user ON audit_log (by_user, id);
CREATE INDEX audit_log_by_kind ON audit_log (kind, id);
CREATE INDEX audit_log_by_act ON audit_log (act, id);

-- The last seal of each chain.
CREATE TABLE audit_heads (
    chain INTEGER NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL CHECK (position >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- No chain: how many entries there were before the first seal.
INSERT INTO audit_heads (chain, position, hash) SELECT -1, count(*), zeroblob(32) FROM audit_log;
