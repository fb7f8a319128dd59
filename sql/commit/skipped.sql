-- What of the files that were read was never to be an article?
DELETE FROM skipped
WHERE
    raw_path IN (SELECT raw_path FROM read_parquet($records) WHERE outcome IN ('cleaned', 'rejected', 'skipped'))
    AND raw_path NOT IN (FROM deferred);

INSERT INTO skipped BY NAME
SELECT
    raw_path,
    record,
    sha256 AS raw_sha256,
    code,
    message,
    $run_id AS run_id
FROM read_parquet($records)
ANTI JOIN deferred USING (raw_path)
WHERE outcome = 'skipped'
ORDER BY raw_path, record;
