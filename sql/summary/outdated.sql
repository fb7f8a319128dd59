-- How many articles would newsmill reclean clean by other rules than those that cleaned them? One row.
-- None once it has done so by today's: what it could not clean, it leaves as it is.
WITH last_of_others AS (
    SELECT coalesce(max(run_id), '') AS run_id
    FROM runs
    WHERE rules_version <> $rules_version
),

recleaned AS (
    SELECT runs.run_id
    FROM runs
    INNER JOIN last_of_others ON runs.run_id > last_of_others.run_id
    WHERE runs.raw = $warehouse AND runs.rules_version = $rules_version AND runs.status = 'completed'
)

SELECT count(*) AS articles
FROM articles
WHERE rules_version <> $rules_version AND raw_format = 'text' AND url IS NULL AND NOT EXISTS (FROM recleaned);
