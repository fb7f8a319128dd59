-- What came of the files that were read? One row: each fate counted from what decides it.
WITH read_now AS (
    SELECT
        count(*) FILTER (outcome IN ('cleaned', 'rejected'))::BIGINT AS read_records,
        count(*) FILTER (outcome = 'rejected')::BIGINT AS quarantined,
        count(*) FILTER (outcome = 'skipped')::BIGINT AS skipped
    FROM read_parquet($records)
    ANTI JOIN deferred USING (raw_path)
)

SELECT
    (SELECT read_records FROM read_now) AS read_records,
    (SELECT count(*) FROM cleaned)::BIGINT AS cleaned,
    count(*) FILTER (fate = 'loaded')::BIGINT AS loaded,
    count(*) FILTER (fate = 'new_version')::BIGINT AS new_versions,
    count(*) FILTER (fate = 'unchanged')::BIGINT AS unchanged,
    count(*) FILTER (fate IN ('duplicate', 'still_duplicate'))::BIGINT AS duplicates,
    (SELECT quarantined FROM read_now) AS quarantined,
    (SELECT skipped FROM read_now) AS skipped,
    (SELECT count(*) FROM deferred)::BIGINT AS deferred
FROM decided;
