DROP INDEX users_by_link, user_roles_by_role;
ALTER TABLE users DROP COLUMN search, DROP COLUMN password_is_temporary, DROP COLUMN link_token, DROP COLUMN link_until,
    DROP COLUMN totp_secret, DROP COLUMN totp_step, DROP COLUMN recovery_codes, DROP COLUMN last_sign_in_at,
    DROP COLUMN language, DROP COLUMN time_zone;
ALTER TABLE roles DROP COLUMN second_factor;
ALTER TABLE sessions DROP COLUMN awaits_code;
