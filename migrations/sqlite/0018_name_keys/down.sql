-- A key in its right order is right for the version before, too.
SELECT 1;
