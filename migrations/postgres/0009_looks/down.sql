ALTER TABLE users DROP COLUMN single_keys, DROP COLUMN density, DROP COLUMN theme;
