-- Each record is a JSON document beside the columns
-- that find and order it. Text is compared byte by byte.

CREATE TABLE environments (
    id       TEXT NOT NULL PRIMARY KEY,
    slug     TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE syncs (
    environment TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    generation  INTEGER NOT NULL,
    ended       INTEGER NOT NULL,
    document    TEXT    NOT NULL,
    PRIMARY KEY (environment, id),
    UNIQUE (environment, sequence)
) STRICT;

-- first_live is the mark of the first go-live. The document does not hold it.
CREATE TABLE deployments (
    environment TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    workflow    TEXT    NOT NULL,
    sync        TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    path        TEXT    NOT NULL,
    commit_sha  TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    first_live  INTEGER,
    document    TEXT    NOT NULL,
    PRIMARY KEY (environment, id)
) STRICT;

-- One index for each way into the list, each in the list's order. The first two
-- hold what a search by commit compares, so that it need not open documents.
CREATE INDEX deployments_by_sequence ON deployments (environment, sequence DESC, path, id, commit_sha);
CREATE INDEX deployments_by_workflow ON deployments (environment, workflow, sequence DESC, path, id, commit_sha);
CREATE INDEX deployments_by_sync ON deployments (environment, sync, sequence DESC, path, id);
CREATE INDEX deployments_by_outcome ON deployments (environment, outcome, sequence DESC, path, id);
CREATE INDEX deployments_live_once ON deployments (environment, sequence DESC, path, id)
    WHERE first_live IS NOT NULL;
CREATE INDEX deployments_live_once_by_workflow ON deployments (environment, workflow, sequence DESC, path, id)
    WHERE first_live IS NOT NULL;

CREATE TABLE workflows (
    environment TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    seen        INTEGER NOT NULL,
    document    TEXT    NOT NULL,
    PRIMARY KEY (environment, id)
) STRICT;

-- The unique id is what lets a writer whose answer was lost find its row.
CREATE TABLE ledger (
    environment TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    document    TEXT    NOT NULL,
    PRIMARY KEY (environment, number),
    UNIQUE (environment, id)
) STRICT;

-- States are large; apart from the rows, they do not slow the list of rows.
CREATE TABLE states (
    environment TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    state       BLOB    NOT NULL,
    PRIMARY KEY (environment, number)
) STRICT;

-- What is recorded of the past does not change, whoever opens the file.
CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'a row of the ledger never changes'); END;
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'a row of the ledger is never removed'); END;
CREATE TRIGGER states_stay BEFORE UPDATE ON states
BEGIN SELECT RAISE(ABORT, 'a state of the ledger never changes'); END;
CREATE TRIGGER marks_stay BEFORE UPDATE OF first_live ON deployments
WHEN old.first_live IS NOT NULL AND new.first_live IS NOT old.first_live
BEGIN SELECT RAISE(ABORT, 'the mark of a first go-live never changes'); END;
