-- The texts for search and the keys stay: the version before reads them as well.
SELECT 1;
