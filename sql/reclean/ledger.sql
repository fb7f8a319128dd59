-- What would the warehouse be by today's rules? The records that memory reads: as the workers cleaned them now, or as
-- they are stored. read_now is that of memory/stored.
CREATE OR REPLACE TEMP TABLE cleaned_now AS
SELECT
    record_id,
    source_key_of(outlet_domain, outlet, raw_path) AS source_key,
    published_at,
    language
FROM read_parquet(getvariable('articles'));

CREATE OR REPLACE TEMP TABLE read_now AS
SELECT
    stored.record_id,
    stored.article_id,
    stored.version,
    cleaned_now.record_id IS NOT NULL AS is_cleaned,
    coalesce(cleaned_now.source_key, stored.source_key) AS source_key,
    if(is_cleaned, cleaned_now.published_at, stored.published_at) AS published_at,
    if(is_cleaned, cleaned_now.language, stored.language) AS language,
    stored.raw_chars
FROM read_now AS stored
LEFT JOIN cleaned_now USING (record_id);

CREATE OR REPLACE TEMP VIEW ledger AS
SELECT
    lines.article_id AS record_id,
    lines.* EXCLUDE (article_id, version)
FROM (
    SELECT
        * EXCLUDE (text),
        ends_of(text) AS ends -- before the rows are joined: behind a join they are gathered
    FROM read_parquet(getvariable('lines'))
) AS lines
WHERE lines.article_id IN (SELECT record_id FROM read_now WHERE is_cleaned)
UNION ALL BY NAME
SELECT
    stored.record_id,
    lines.* EXCLUDE (article_id, version)
FROM (
    SELECT
        * EXCLUDE (text),
        ends_of(text) AS ends -- before the rows are joined: behind a join they are gathered
    FROM news.lines
) AS lines
INNER JOIN read_now AS stored USING (article_id, version)
WHERE NOT stored.is_cleaned;
