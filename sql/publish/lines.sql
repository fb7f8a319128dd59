-- The ledger of the incoming runs. A duplicate's lines are those of the run that cleaned it last, an article's
-- version's too.
DELETE FROM lines
WHERE version = 0 AND article_id NOT IN (SELECT record_id FROM duplicates WHERE run_id NOT IN (SELECT unnest($runs)));

CREATE OR REPLACE TEMP TABLE incoming AS
SELECT
    article_id,
    version,
    max(filename) AS filename
FROM read_parquet($batches, filename = TRUE)
WHERE version > 0
GROUP BY ALL
UNION ALL
SELECT
    rows_in.article_id,
    0 AS version,
    any_value(rows_in.filename) AS filename
FROM read_parquet($batches, filename = TRUE) AS rows_in
WHERE
    rows_in.version = 0
    AND (rows_in.article_id, parse_filename(rows_in.filename, TRUE)) IN (SELECT (record_id, run_id) FROM duplicates)
GROUP BY rows_in.article_id;

CREATE TEMP TABLE IF NOT EXISTS refreshed (article_id UUID, version INTEGER);

DELETE FROM lines
WHERE (article_id, version) IN (SELECT (article_id, version) FROM refreshed);
