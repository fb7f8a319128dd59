-- The ledger of the incoming runs. A duplicate's lines are those of the run that found it to be one.
DELETE FROM lines
WHERE version = 0 AND article_id NOT IN (SELECT record_id FROM duplicates WHERE run_id NOT IN (SELECT unnest($runs)));

INSERT INTO lines BY NAME
SELECT incoming.* EXCLUDE (filename)
FROM read_parquet($batches, filename = TRUE) AS incoming
WHERE
    incoming.version > 0
    OR (incoming.article_id, parse_filename(incoming.filename, TRUE)) IN (SELECT (record_id, run_id) FROM duplicates);
