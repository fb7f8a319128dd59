-- What is in the warehouse? The records that memory reads, and their lines: the newest version of each article, and
-- the duplicates, whose lines have version 0.
CREATE OR REPLACE TEMP TABLE read_now AS
SELECT
    record_id_of(raw_path, record) AS record_id,
    article_id,
    version,
    source_key_of(outlet_domain, outlet, raw_path) AS source_key,
    published_at,
    language,
    raw_chars
FROM news.articles
UNION ALL
SELECT
    duplicates.record_id,
    duplicates.record_id AS article_id,
    0 AS version,
    source_key_of(articles.outlet_domain, articles.outlet, duplicates.raw_path) AS source_key,
    articles.published_at,
    articles.language,
    articles.raw_chars
FROM news.duplicates
INNER JOIN news.articles USING (article_id);

CREATE OR REPLACE TEMP VIEW ledger AS
SELECT
    read_now.record_id,
    lines.line,
    lines.fate,
    lines.kept,
    lines.rule,
    lines.ends
FROM (
    SELECT
        *,
        ends_of(text) AS ends -- before the rows are joined: behind a join they are gathered
    FROM news.lines
) AS lines
INNER JOIN read_now USING (article_id, version);
