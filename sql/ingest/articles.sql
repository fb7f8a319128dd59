-- Which articles does this run add? One row per new article or version, by day and outlet, as in a batch file.
SELECT
    articles.* EXCLUDE (record_id) REPLACE (
        decided.article_id AS article_id,
        decided.version AS version,
        coalesce(remade.content_hash, articles.content_hash) AS content_hash,
        coalesce(remade.body, articles.body) AS body,
        coalesce(remade.word_count, articles.word_count) AS word_count,
        coalesce(remade.language, articles.language) AS language,
        articles.cut_chars + coalesce(remade.cut_chars, 0) AS cut_chars
    )
FROM read_parquet($articles) AS articles
INNER JOIN decided USING (record_id)
LEFT JOIN learning.remade AS remade USING (record_id)
WHERE decided.fate IN ('loaded', 'new_version')
ORDER BY articles.published_at::DATE NULLS LAST, articles.outlet_domain NULLS LAST, articles.raw_path, articles.record;
