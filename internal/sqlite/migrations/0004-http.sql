-- What runs on each trigger, as the head leaves it: one small record an
-- environment. Where there is none yet, the head itself is read.
CREATE TABLE resolved (
    environment TEXT    NOT NULL PRIMARY KEY,
    number      INTEGER NOT NULL,
    document    TEXT    NOT NULL
) STRICT;

-- When the clock asks for the tip of each environment's branch. due is in
-- nanoseconds since 1970, null for never.
CREATE TABLE polls (
    environment TEXT    NOT NULL PRIMARY KEY,
    version     INTEGER NOT NULL,
    due         INTEGER,
    document    TEXT    NOT NULL
) STRICT;

CREATE INDEX polls_by_due ON polls (due, environment) WHERE due IS NOT NULL;

INSERT INTO polls (environment, version, due, document)
SELECT id, 1, 0, json_object('environment', id, 'slug', slug, 'version', 1, 'due', '1970-01-01T00:00:00Z')
FROM environments;

CREATE TABLE tokens (
    id       TEXT    NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL,
    document TEXT    NOT NULL
) STRICT;

-- expires is in nanoseconds since 1970.
CREATE TABLE answers (
    key      TEXT    NOT NULL PRIMARY KEY,
    expires  INTEGER NOT NULL,
    document TEXT    NOT NULL
) STRICT;

CREATE INDEX answers_by_expiry ON answers (expires);

CREATE TABLE keys (
    name  TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
