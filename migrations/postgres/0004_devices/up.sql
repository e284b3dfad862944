-- Users recognize their sessions by the browser of each one.
ALTER TABLE sessions
    ADD COLUMN device text NOT NULL DEFAULT '' CHECK (length(device) <= 300),
    ADD COLUMN from_address text;
