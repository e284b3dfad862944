-- How the pages look goes with the user to every device. Nothing is what the browser has.
ALTER TABLE users ADD COLUMN theme TEXT CHECK (theme IN ('system', 'light', 'dark'));
ALTER TABLE users ADD COLUMN density TEXT CHECK (density IN ('comfortable', 'compact'));
ALTER TABLE users ADD COLUMN single_keys TEXT CHECK (single_keys IN ('on', 'off'));
