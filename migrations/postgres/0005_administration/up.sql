-- Users set their own password by a link, may sign in with a second factor, and have their own language and time zone.
-- A user without a password has a dash in its column: no hash is one.
ALTER TABLE users
    -- The full name, the username and the email, folded, «ё» as «е».
    ADD COLUMN search text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN password_is_temporary boolean NOT NULL DEFAULT false,
    -- SHA-256 of the token in the link.
    ADD COLUMN link_token bytea CHECK (length(link_token) = 32),
    ADD COLUMN link_until timestamptz,
    ADD COLUMN totp_secret bytea CHECK (length(totp_secret) = 20),
    ADD COLUMN totp_step bigint,
    -- The SHA-256 of each, one behind the other.
    ADD COLUMN recovery_codes bytea CHECK (length(recovery_codes) % 32 = 0),
    ADD COLUMN last_sign_in_at timestamptz,
    ADD COLUMN language text CHECK (language IN ('ru', 'en')),
    ADD COLUMN time_zone text CHECK (length(time_zone) BETWEEN 1 AND 64),
    ADD CHECK (num_nulls(link_token, link_until) IN (0, 2)),
    ADD CHECK (num_nulls(totp_secret, totp_step, recovery_codes) IN (0, 3));

UPDATE users SET
    search = replace(
        CASE WHEN full_name = '' THEN '' ELSE display_folded END || ' ' || username_folded || ' ' || lower(coalesce(email, '')),
        'ё', 'е'
    ),
    last_sign_in_at = (SELECT max(signed_in_at) FROM sessions WHERE user_id = users.id);

-- Few users have a link at any time.
CREATE INDEX users_by_link ON users (link_token) WHERE link_token IS NOT NULL;
-- The list narrowed to a role.
CREATE INDEX user_roles_by_role ON user_roles (role_id, user_id);

ALTER TABLE roles ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
-- The password was right, and the code is still to come.
ALTER TABLE sessions ADD COLUMN awaits_code boolean NOT NULL DEFAULT false;
