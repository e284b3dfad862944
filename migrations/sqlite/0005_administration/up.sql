-- Users set their own password by a link, may sign in with a second factor, and have their own language and time zone.
-- A user without a password has a dash in its column: no hash is one.

-- The full name, the username and the email, folded, «ё» as «е».
ALTER TABLE users ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE users SET search = replace(
    CASE WHEN full_name = '' THEN '' ELSE display_folded END || ' ' || username_folded || ' ' || lower(coalesce(email, '')),
    'ё', 'е'
);
ALTER TABLE users ADD COLUMN password_is_temporary INTEGER NOT NULL DEFAULT 0 CHECK (password_is_temporary IN (0, 1));
-- SHA-256 of the token in the link.
ALTER TABLE users ADD COLUMN link_token BLOB CHECK (length(link_token) = 32);
ALTER TABLE users ADD COLUMN link_until INTEGER CHECK ((link_until IS NULL) = (link_token IS NULL));
ALTER TABLE users ADD COLUMN totp_secret BLOB CHECK (length(totp_secret) = 20);
ALTER TABLE users ADD COLUMN totp_step INTEGER CHECK ((totp_step IS NULL) = (totp_secret IS NULL));
-- The SHA-256 of each, one behind the other.
ALTER TABLE users ADD COLUMN recovery_codes BLOB
    CHECK ((recovery_codes IS NULL) = (totp_secret IS NULL) AND length(recovery_codes) % 32 = 0);
ALTER TABLE users ADD COLUMN last_sign_in_at INTEGER;
ALTER TABLE users ADD COLUMN language TEXT CHECK (language IN ('ru', 'en'));
ALTER TABLE users ADD COLUMN time_zone TEXT CHECK (length(time_zone) BETWEEN 1 AND 64);

UPDATE users SET last_sign_in_at = (SELECT max(signed_in_at) FROM sessions WHERE user_id = users.id);

-- Few users have a link at any time.
CREATE INDEX users_by_link ON users (link_token) WHERE link_token IS NOT NULL;
-- The list narrowed to a role.
CREATE INDEX user_roles_by_role ON user_roles (role_id, user_id);

ALTER TABLE roles ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0 CHECK (second_factor IN (0, 1));
-- The password was right, and the code is still to come.
ALTER TABLE sessions ADD COLUMN awaits_code INTEGER NOT NULL DEFAULT 0 CHECK (awaits_code IN (0, 1));
