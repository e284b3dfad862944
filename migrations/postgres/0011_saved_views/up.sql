-- What somebody narrowed a list to, under a name.
CREATE TABLE views (
    id uuid PRIMARY KEY,
    list text NOT NULL CHECK (length(list) BETWEEN 1 AND 20),
    owner_id uuid NOT NULL REFERENCES users DEFERRABLE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query text NOT NULL CHECK (length(query) <= 4000),
    shared boolean NOT NULL,
    removed boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users DEFERRABLE,
    changed_at timestamptz NOT NULL,
    changed_by uuid REFERENCES users DEFERRABLE
);

CREATE INDEX views_by_list ON views (list, id);
