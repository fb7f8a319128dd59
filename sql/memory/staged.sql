-- What did this run clean? The records that memory reads, and their lines: those that the workers left in staging.
CREATE OR REPLACE TEMP TABLE read_now AS
SELECT
    record_id,
    source_key_of(outlet_domain, outlet, raw_path) AS source_key,
    published_at,
    language
FROM read_parquet(getvariable('articles'))
WHERE raw_path NOT IN (SELECT raw_path FROM read_parquet(getvariable('records')) WHERE outcome = 'deferred');

CREATE OR REPLACE TEMP VIEW ledger AS
SELECT
    article_id AS record_id,
    line,
    fate,
    kept,
    rule,
    text
FROM read_parquet(getvariable('lines'))
WHERE article_id IN (SELECT record_id FROM read_now);
