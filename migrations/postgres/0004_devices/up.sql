-- Whoever looks at their sessions shall know which browser each one is in.
ALTER TABLE sessions
    ADD COLUMN device text NOT NULL DEFAULT '' CHECK (length(device) <= 300),
    ADD COLUMN from_address text;
