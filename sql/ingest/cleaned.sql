-- Which records did the workers clean? One row per cleaned record, for ingest/decide.
CREATE OR REPLACE TEMP TABLE cleaned AS
SELECT
    record_id,
    article_id,
    content_hash,
    title,
    source_key_of(outlet_domain, outlet, raw_path) AS source_key,
    raw_path,
    record,
    sha256,
    raw_format
FROM read_parquet($records)
ANTI JOIN deferred USING (raw_path)
WHERE outcome = 'cleaned';
