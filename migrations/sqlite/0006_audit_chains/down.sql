DROP TRIGGER audit_log_is_sealed_wholly;
DROP INDEX audit_log_by_subject;
DELETE FROM audit_heads WHERE position = 0 AND chain >= 0;
