-- What became of the records that a run discovered? One row per fate, and the sum of them.
SELECT
    records,
    replace(fate, '_', ' ') AS fate
FROM (
    UNPIVOT (
        SELECT
            loaded,
            new_versions,
            unchanged,
            duplicates,
            quarantined,
            discovered
        FROM runs
        WHERE run_id = $run_id
    )
    ON COLUMNS(*)
    INTO NAME fate VALUE records
);
