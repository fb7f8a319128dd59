-- Which files changed while they were read? One row per file: none of its records counts, the next run reads it again.
CREATE OR REPLACE TEMP TABLE deferred AS
SELECT DISTINCT raw_path
FROM read_parquet($records)
WHERE outcome = 'deferred';
