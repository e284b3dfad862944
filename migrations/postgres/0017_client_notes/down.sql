ALTER TABLE notes DROP COLUMN client_id;
