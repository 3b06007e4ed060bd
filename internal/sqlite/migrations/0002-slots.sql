-- Which sync of an environment runs and which waits, and how many there were.
CREATE TABLE slots (
    environment TEXT    NOT NULL PRIMARY KEY,
    version     INTEGER NOT NULL,
    document    TEXT    NOT NULL
) STRICT;

-- Syncs of before were never queued. What still says that it runs died: its
-- process ended without a word, and nothing else would end it.
INSERT INTO slots (environment, version, document)
SELECT environment, 1, json_object('version', 1, 'sequence', max(sequence), 'running', '', 'waiting', '')
FROM syncs
GROUP BY environment;
