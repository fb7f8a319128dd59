-- Which records are not what they were? One row per record, for ingest/decide: those that were cleaned by today's
-- rules, and those that memory takes lines from or gives lines back to.
CREATE OR REPLACE TEMP TABLE cleaned AS
SELECT
    records.record_id,
    read_now.article_id,
    records.content_hash,
    records.title,
    read_now.source_key,
    records.raw_path,
    records.record,
    records.sha256,
    records.raw_format
FROM read_parquet($records) AS records
INNER JOIN read_now USING (record_id)
WHERE records.outcome = 'cleaned'
UNION ALL
SELECT
    read_now.record_id,
    articles.article_id,
    remade.content_hash,
    articles.title,
    read_now.source_key,
    articles.raw_path,
    articles.record,
    articles.raw_sha256 AS sha256,
    articles.raw_format
FROM learning.remade AS remade
INNER JOIN read_now USING (record_id)
INNER JOIN news.articles USING (article_id, version)
WHERE NOT read_now.is_cleaned
UNION ALL
SELECT
    duplicates.record_id,
    duplicates.record_id AS article_id,
    remade.content_hash,
    NULL AS title,
    read_now.source_key,
    duplicates.raw_path,
    duplicates.record,
    duplicates.raw_sha256 AS sha256,
    duplicates.raw_format
FROM learning.remade AS remade
INNER JOIN read_now USING (record_id)
INNER JOIN news.duplicates USING (record_id)
WHERE NOT read_now.is_cleaned;
