-- Put a run on record before it touches anything.
INSERT INTO runs BY NAME
SELECT
    $run_id AS run_id,
    $started_at AS started_at,
    NULL AS finished_at,
    'running' AS status,
    $raw AS raw,
    0 AS discovered,
    0 AS loaded,
    0 AS new_versions,
    0 AS unchanged,
    0 AS duplicates,
    0 AS quarantined,
    0 AS skipped,
    0 AS refused,
    0 AS deferred,
    0 AS cleaned,
    0 AS seconds_discover,
    0 AS seconds_clean,
    0 AS seconds_load,
    0 AS seconds_publish,
    $code_version AS code_version,
    $rules_version AS rules_version;
