-- The run is committed: what it counted, and how long each stage took.
UPDATE runs
SET
    status = 'committed',
    discovered = $discovered,
    loaded = $loaded,
    new_versions = $new_versions,
    unchanged = $unchanged,
    duplicates = $duplicates,
    quarantined = $quarantined,
    skipped = $skipped,
    refused = $refused,
    deferred = $deferred,
    cleaned = $cleaned,
    seconds_discover = $seconds_discover,
    seconds_clean = $seconds_clean,
    seconds_load = $seconds_load
WHERE run_id = $run_id;
