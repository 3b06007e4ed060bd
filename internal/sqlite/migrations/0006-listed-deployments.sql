-- What a list shows of a deployment, without its build log: the fields that
-- listed.go names, in its order, each behind its length in bytes and a colon.
ALTER TABLE deployments ADD COLUMN listed TEXT NOT NULL DEFAULT '';

UPDATE deployments SET listed = (
    SELECT group_concat(length(CAST(value AS BLOB)) || ':' || value, '' ORDER BY place)
    FROM (
        SELECT key AS place, coalesce(json_extract(document, value), '') AS value
        FROM json_each('["$.id", "$.workflow", "$.sync", "$.sequence",
            "$.commit.sha", "$.commit.author", "$.commit.email", "$.commit.message", "$.commit.time",
            "$.path", "$.outcome", "$.digest", "$.code", "$.settings.name", "$.settings.trigger",
            "$.size", "$.unchanged", "$.createdAt"]')
    )
);
