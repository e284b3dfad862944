-- Users recognize their sessions by the browser of each one.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '' CHECK (length(device) <= 300);
ALTER TABLE sessions ADD COLUMN from_address TEXT;
