-- The session that uploaded a file: it waits for its contract no longer than that session lasts. No reference, because
-- sessions are removed while files wait, and that is how their end is seen.
ALTER TABLE documents ADD COLUMN session BLOB CHECK (length(session) = 32);

-- How many files of one user wait, and how large they are. Hardly any file waits.
CREATE INDEX documents_waiting_of ON documents (created_by, size) WHERE contract_id IS NULL;
