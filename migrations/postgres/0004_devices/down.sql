ALTER TABLE sessions DROP COLUMN from_address, DROP COLUMN device;
