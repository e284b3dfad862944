DROP TABLE audit_heads;
DROP INDEX audit_log_by_record;
CREATE INDEX audit_log_by_record ON audit_log (kind, record_id, version, id);
DROP INDEX audit_log_by_act, audit_log_by_kind, audit_log_by_user, audit_log_by_place;
ALTER TABLE audit_log
    DROP COLUMN hash, DROP COLUMN position, DROP COLUMN chain, DROP COLUMN act, DROP COLUMN from_address;
