-- What came of the files that were read? One row: each fate counted from what decides it.
SELECT
    (SELECT count(*) FROM read_parquet($records) WHERE outcome IN ('cleaned', 'rejected'))::BIGINT AS read_records,
    (SELECT count(*) FROM cleaned)::BIGINT AS cleaned,
    count(*) FILTER (fate = 'loaded')::BIGINT AS loaded,
    count(*) FILTER (fate = 'new_version')::BIGINT AS new_versions,
    count(*) FILTER (fate = 'unchanged')::BIGINT AS unchanged,
    count(*) FILTER (fate IN ('duplicate', 'still_duplicate'))::BIGINT AS duplicates,
    (SELECT count(*) FROM read_parquet($records) WHERE outcome = 'rejected')::BIGINT AS quarantined,
    (SELECT count(*) FROM read_parquet($records) WHERE outcome = 'deferred')::BIGINT AS deferred
FROM decided;
