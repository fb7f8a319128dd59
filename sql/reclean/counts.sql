-- What came of the records of the warehouse? One row: each fate counted from what decides it.
SELECT
    count(*)::BIGINT AS discovered,
    count(*) FILTER (decided.fate = 'loaded')::BIGINT AS loaded,
    count(*) FILTER (decided.fate = 'new_version')::BIGINT AS new_versions,
    count(*) FILTER (
        decided.fate = 'unchanged' OR (decided.fate IS NULL AND read_now.version > 0)
    )::BIGINT AS unchanged,
    count(*) FILTER (
        decided.fate IN ('duplicate', 'still_duplicate') OR (decided.fate IS NULL AND read_now.version = 0)
    )::BIGINT AS duplicates,
    count(*) FILTER (read_now.is_cleaned)::BIGINT AS cleaned
FROM read_now
LEFT JOIN decided USING (record_id);
