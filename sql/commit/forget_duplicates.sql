-- A record that was read again is a duplicate only if it was found to be one again.
DELETE FROM duplicates
WHERE
    record_id IN (
        SELECT record_id
        FROM read_parquet($records)
        ANTI JOIN deferred USING (raw_path)
        WHERE outcome IN ('cleaned', 'rejected', 'skipped')
    )
    AND record_id NOT IN (SELECT record_id FROM decided WHERE fate = 'still_duplicate');
