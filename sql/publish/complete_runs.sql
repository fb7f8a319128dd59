-- Every committed run is in news.duckdb from now on.
UPDATE runs
SET
    status = 'completed',
    finished_at = $finished_at,
    seconds_publish = $seconds_publish
WHERE status = 'committed';
