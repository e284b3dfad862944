-- What somebody narrowed a list to, under a name.
CREATE TABLE views (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    list TEXT NOT NULL CHECK (length(list) BETWEEN 1 AND 20),
    owner_id BLOB NOT NULL REFERENCES users,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query TEXT NOT NULL CHECK (length(query) <= 4000),
    shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
    removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES users,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users
) STRICT;

CREATE INDEX views_by_list ON views (list, id);
