-- The chain has its head from the beginning on: one that is gone was taken away.
INSERT OR IGNORE INTO audit_heads (chain, position, hash) VALUES (0, 0, zeroblob(32));

-- All that is known of one record, its user's sign-ins too.
CREATE INDEX audit_log_by_subject ON audit_log (kind, record_id, id);

-- A table that is there already takes no further check, so a trigger is it.
CREATE TRIGGER audit_log_is_sealed_wholly BEFORE INSERT ON audit_log
WHEN (NEW.chain IS NULL) <> (NEW.position IS NULL) OR (NEW.chain IS NULL) <> (NEW.hash IS NULL)
BEGIN
    SELECT raise(ABORT, 'an entry has its chain, position and hash, or none of them');
END;
