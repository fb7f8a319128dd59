-- Which texts of the warehouse were cleaned by other rules than today's, and which shard has each? One row per record.
-- A page, and what a container says more of than its text, is not in the ledger: these wait until they are read again.
CREATE OR REPLACE TEMP TABLE stale AS
WITH outdated AS (
    SELECT
        article_id,
        version,
        raw_path,
        record,
        member,
        raw_sha256,
        raw_format,
        encoding,
        raw_chars
    FROM news.articles
    WHERE rules_version <> $rules_version AND raw_format = 'text' AND url IS NULL
    UNION ALL
    SELECT
        duplicates.record_id AS article_id,
        0 AS version,
        duplicates.raw_path,
        duplicates.record,
        articles.member,
        duplicates.raw_sha256,
        duplicates.raw_format,
        articles.encoding,
        articles.raw_chars
    FROM news.duplicates
    INNER JOIN news.articles USING (article_id)
    WHERE articles.rules_version <> $rules_version AND duplicates.raw_format = 'text' AND articles.url IS NULL
)

SELECT
    *,
    (
        (sum(raw_chars) OVER (ORDER BY raw_path, record ROWS UNBOUNDED PRECEDING) - raw_chars)
        // greatest($shard_chars, sum(raw_chars) OVER () // $max_shards + 1)
    )::INTEGER AS shard
FROM outdated;
