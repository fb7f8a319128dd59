-- What of the files that were read is in quarantine now? Since when is carried over from before.
CREATE OR REPLACE TEMP TABLE quarantined_now AS
SELECT
    records.raw_path,
    records.record,
    records.sha256 AS raw_sha256,
    records.stage,
    records.code,
    records.message,
    coalesce(quarantine.first_seen, $started_at) AS first_seen,
    $started_at AS last_seen,
    $run_id AS run_id,
    $code_version AS code_version
FROM read_parquet($records) AS records
ANTI JOIN deferred USING (raw_path)
LEFT JOIN quarantine USING (raw_path, record)
WHERE records.outcome = 'rejected';

DELETE FROM quarantine
WHERE
    raw_path IN (SELECT raw_path FROM read_parquet($records) WHERE outcome IN ('cleaned', 'rejected', 'skipped'))
    AND raw_path NOT IN (FROM deferred);

INSERT INTO quarantine BY NAME
SELECT * FROM quarantined_now
ORDER BY raw_path, record;
