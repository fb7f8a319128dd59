-- Remember each file that was read: by what it is recognised, and what became of its records.
-- A file that could not be opened is not remembered, so that the next run tries it again.
CREATE OR REPLACE TEMP TABLE files_now AS
SELECT
    records.raw_path,
    any_value(records.size) AS size,
    any_value(records.mtime_ns) AS mtime_ns,
    any_value(records.inode) AS inode,
    any_value(records.sha256) AS sha256,
    any_value(records.mapping_sha256) AS mapping_sha256,
    count(*) FILTER (decided.fate IN ('loaded', 'new_version', 'unchanged')) AS articles,
    count(*) FILTER (decided.fate IN ('duplicate', 'still_duplicate')) AS duplicates,
    count(*) FILTER (records.outcome = 'rejected') AS quarantined,
    count(*) FILTER (records.outcome = 'skipped') AS skipped
FROM read_parquet($records) AS records
ANTI JOIN deferred USING (raw_path)
LEFT JOIN decided USING (record_id)
WHERE records.outcome IN ('cleaned', 'rejected', 'skipped') AND records.code IS DISTINCT FROM 'unreadable'
GROUP BY records.raw_path;

UPDATE files
SET
    size = records.size,
    mtime_ns = records.mtime_ns,
    inode = records.inode
FROM read_parquet($records) AS records
WHERE records.raw_path = files.raw_path AND records.outcome = 'known';

DELETE FROM files
WHERE
    raw_path IN (SELECT raw_path FROM read_parquet($records) WHERE outcome IN ('cleaned', 'rejected', 'skipped'))
    AND raw_path NOT IN (FROM deferred);

INSERT INTO files BY NAME
SELECT * FROM files_now;
