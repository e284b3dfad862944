ALTER TABLE sessions DROP COLUMN from_address;
ALTER TABLE sessions DROP COLUMN device;
