DROP INDEX documents_waiting_of;
ALTER TABLE documents DROP COLUMN session;
