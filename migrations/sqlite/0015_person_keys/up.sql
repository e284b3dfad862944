-- An email with «ё» is found as people type it, and characters without width no longer make two equal persons different.

-- «ё» is «е» in the text for search, in the email as in the name. The key of the email keeps its «ё»: it is another mailbox.
UPDATE leads SET search = replace(search, 'ё', 'е') WHERE instr(search, 'ё') > 0;
UPDATE clients SET search = replace(search, 'ё', 'е') WHERE instr(search, 'ё') > 0;

-- Soft hyphens, zero-width spaces, direction marks and byte order marks.
WITH cleaned AS (
    SELECT id,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(search, char(173), ''), char(8203), ''), char(8206), ''), char(8207), ''), char(8234), ''), char(8235), ''), char(8236), ''), char(8237), ''), char(8238), ''), char(8288), ''), char(8294), ''), char(8295), ''), char(8296), ''), char(8297), ''), char(65279), '') AS search,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(email_key, char(173), ''), char(8203), ''), char(8206), ''), char(8207), ''), char(8234), ''), char(8235), ''), char(8236), ''), char(8237), ''), char(8238), ''), char(8288), ''), char(8294), ''), char(8295), ''), char(8296), ''), char(8297), ''), char(65279), '') AS email_key,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(name_key, char(173), ''), char(8203), ''), char(8206), ''), char(8207), ''), char(8234), ''), char(8235), ''), char(8236), ''), char(8237), ''), char(8238), ''), char(8288), ''), char(8294), ''), char(8295), ''), char(8296), ''), char(8297), ''), char(65279), '') AS name_key
    FROM leads
)
UPDATE leads SET search = cleaned.search, email_key = cleaned.email_key, name_key = cleaned.name_key
FROM cleaned WHERE cleaned.id = leads.id AND cleaned.search <> leads.search;
WITH cleaned AS (
    SELECT id,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(search, char(173), ''), char(8203), ''), char(8206), ''), char(8207), ''), char(8234), ''), char(8235), ''), char(8236), ''), char(8237), ''), char(8238), ''), char(8288), ''), char(8294), ''), char(8295), ''), char(8296), ''), char(8297), ''), char(65279), '') AS search,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(email_key, char(173), ''), char(8203), ''), char(8206), ''), char(8207), ''), char(8234), ''), char(8235), ''), char(8236), ''), char(8237), ''), char(8238), ''), char(8288), ''), char(8294), ''), char(8295), ''), char(8296), ''), char(8297), ''), char(65279), '') AS email_key,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(name_key, char(173), ''), char(8203), ''), char(8206), ''), char(8207), ''), char(8234), ''), char(8235), ''), char(8236), ''), char(8237), ''), char(8238), ''), char(8288), ''), char(8294), ''), char(8295), ''), char(8296), ''), char(8297), ''), char(65279), '') AS name_key
    FROM clients
)
UPDATE clients SET search = cleaned.search, email_key = cleaned.email_key, name_key = cleaned.name_key
FROM cleaned WHERE cleaned.id = clients.id AND cleaned.search <> clients.search;
