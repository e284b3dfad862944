-- Every chain has its head from the beginning on: one that is gone was taken away.
INSERT INTO audit_heads (chain, position, hash)
SELECT chain, 0, decode(repeat('00', 32), 'hex') FROM generate_series(0, 63) AS chain
ON CONFLICT DO NOTHING;

-- All that is known of one record, its user's sign-ins too.
CREATE INDEX audit_log_by_subject ON audit_log (kind, record_id, id);
