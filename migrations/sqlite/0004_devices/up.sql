-- Whoever looks at their sessions shall know which browser each one is in.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '' CHECK (length(device) <= 300);
ALTER TABLE sessions ADD COLUMN from_address TEXT;
