-- An email with «ё» is found as people type it, and characters without width no longer make two equal persons different.

-- The program makes both keys from now on. Made of the text for search they would lose the «ё» of an email, which tells two
-- mailboxes apart, and an email whose folded form has a space would be cut.
ALTER TABLE leads ALTER COLUMN email_key DROP EXPRESSION, ALTER COLUMN name_key DROP EXPRESSION;
ALTER TABLE clients ALTER COLUMN email_key DROP EXPRESSION, ALTER COLUMN name_key DROP EXPRESSION;

-- «ё» is «е» in the text for search, in the email as in the name. The key of the email keeps its «ё»: it is another mailbox.
-- Soft hyphens, zero-width spaces, direction marks and byte order marks go from all three.
UPDATE leads SET
    search = replace(regexp_replace(search, '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'), 'ё', 'е'),
    email_key = regexp_replace(email_key, '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'),
    name_key = name_key(regexp_replace(search, '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'))
WHERE search ~ '[ё\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]';
UPDATE clients SET
    search = replace(regexp_replace(search, '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'), 'ё', 'е'),
    email_key = regexp_replace(email_key, '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'),
    name_key = name_key(regexp_replace(search, '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'))
WHERE search ~ '[ё\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]';

-- A program of before, which still runs beside this one, does not know of the keys: it leaves them out, or as they were.
CREATE FUNCTION keep_person_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'INSERT' THEN
        new.email_key := coalesce(new.email_key, email_key(new.search));
        new.name_key := coalesce(new.name_key, name_key(new.search));
        RETURN new;
    END IF;
    IF new.email_key IS NOT DISTINCT FROM old.email_key AND email_key(new.search) IS DISTINCT FROM email_key(old.search) THEN
        new.email_key := email_key(new.search);
    END IF;
    IF new.name_key = old.name_key AND name_key(new.search) <> name_key(old.search) THEN
        new.name_key := name_key(new.search);
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER leads_keep_their_keys BEFORE INSERT OR UPDATE OF search ON leads
    FOR EACH ROW EXECUTE FUNCTION keep_person_keys();
CREATE TRIGGER clients_keep_their_keys BEFORE INSERT OR UPDATE OF search ON clients
    FOR EACH ROW EXECUTE FUNCTION keep_person_keys();
