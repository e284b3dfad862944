-- The words of a key are in the order of their characters. The removal of invisible characters left some in their old order.
UPDATE leads SET name_key = coalesce((
    SELECT group_concat(value, ' ') FROM (
        SELECT value FROM json_each('[' || replace(json_quote(name_key), ' ', '","') || ']') WHERE value <> '' ORDER BY value
    )
), '');
UPDATE clients SET name_key = coalesce((
    SELECT group_concat(value, ' ') FROM (
        SELECT value FROM json_each('[' || replace(json_quote(name_key), ' ', '","') || ']') WHERE value <> '' ORDER BY value
    )
), '');
