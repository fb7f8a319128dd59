-- What did this run clean? The records that memory reads, and their lines: those that the workers left in staging.
CREATE OR REPLACE TEMP TABLE read_now AS
SELECT
    record_id,
    source_key_of(outlet_domain, outlet, raw_path) AS source_key,
    published_at,
    language,
    raw_chars
FROM read_parquet(getvariable('articles'))
WHERE raw_path NOT IN (SELECT raw_path FROM read_parquet(getvariable('records')) WHERE outcome = 'deferred');

CREATE OR REPLACE TEMP VIEW ledger AS
SELECT
    article_id AS record_id,
    line,
    fate,
    kept,
    rule,
    ends
FROM (
    SELECT
        *,
        ends_of(text) AS ends -- before the rows are joined: behind a join they are gathered
    FROM read_parquet(getvariable('lines'))
) AS lines
WHERE article_id IN (SELECT record_id FROM read_now);
