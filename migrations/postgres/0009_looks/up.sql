-- How the pages look goes with the user to every device. Nothing is what the browser has.
ALTER TABLE users
    ADD COLUMN theme text CHECK (theme IN ('system', 'light', 'dark')),
    ADD COLUMN density text CHECK (density IN ('comfortable', 'compact')),
    ADD COLUMN single_keys text CHECK (single_keys IN ('on', 'off'));
