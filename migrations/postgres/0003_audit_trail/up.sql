-- Who did it from where; what was done; and the seal that shows when a row was changed or taken away.
ALTER TABLE audit_log
    ADD COLUMN from_address text,
    ADD COLUMN act text NOT NULL DEFAULT 'changed',
    -- None of these three where the entry is older than seals are.
    ADD COLUMN chain smallint,
    ADD COLUMN position bigint CHECK (position >= 1),
    ADD COLUMN hash bytea CHECK (length(hash) = 32),
    ADD CHECK (num_nulls(chain, position, hash) IN (0, 3));

ALTER TABLE audit_log DISABLE TRIGGER audit_log_is_never_changed;
UPDATE audit_log SET act = 'created' WHERE version = 1;
ALTER TABLE audit_log ENABLE TRIGGER audit_log_is_never_changed;
-- A program of before, which still runs beside this one, is refused rather than let write entries without a seal.
ALTER TABLE audit_log ALTER COLUMN act DROP DEFAULT;

-- The history of a record, without what its user did besides.
DROP INDEX audit_log_by_record;
CREATE INDEX audit_log_by_record ON audit_log (kind, record_id, version, id) WHERE act IN ('created', 'changed');
CREATE UNIQUE INDEX audit_log_by_place ON audit_log (chain, position);
-- The page of the log walks down one of these, or down the ids alone.
CREATE INDEX audit_log_by_user ON audit_log (by_user, id);
CREATE INDEX audit_log_by_kind ON audit_log (kind, id);
CREATE INDEX audit_log_by_act ON audit_log (act, id);

-- The last seal of each chain. A chain is that of a server process: writers at the same moment do not wait for each
-- other's seal.
CREATE TABLE audit_heads (
    chain smallint PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32)
);

-- No chain: how many entries there were before the first seal.
INSERT INTO audit_heads (chain, position, hash) SELECT -1, count(*), decode(repeat('00', 32), 'hex') FROM audit_log;
