-- The tombstones of environments: their ids are never used again, their slugs may be.
CREATE TABLE removed_environments (
    id       TEXT NOT NULL PRIMARY KEY,
    slug     TEXT NOT NULL,
    document TEXT NOT NULL
) STRICT;

CREATE INDEX removed_environments_by_slug ON removed_environments (slug, id);

CREATE TRIGGER removals_stay BEFORE UPDATE ON removed_environments
BEGIN SELECT RAISE(ABORT, 'the removal of an environment never changes'); END;
CREATE TRIGGER removals_keep BEFORE DELETE ON removed_environments
BEGIN SELECT RAISE(ABORT, 'the removal of an environment is never taken back'); END;
