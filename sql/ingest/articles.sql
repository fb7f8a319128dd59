-- Which articles of a bucket does this run add? One row per new article or version, in the order of a batch file.
SELECT
    articles.* EXCLUDE (record_id, bucket) REPLACE (
        decided.article_id AS article_id,
        decided.version AS version,
        coalesce(remade.content_hash, articles.content_hash) AS content_hash,
        coalesce(bodies.body, articles.body) AS body,
        coalesce(remade.word_count, articles.word_count) AS word_count,
        coalesce(remade.language, articles.language) AS language,
        articles.cut_chars + coalesce(remade.cut_chars, 0) AS cut_chars
    )
FROM articles
INNER JOIN decided USING (record_id)
LEFT JOIN learning.remade AS remade USING (record_id)
LEFT JOIN bodies USING (record_id)
ORDER BY articles.published_at::DATE NULLS LAST, articles.outlet_domain NULLS LAST, articles.raw_path, articles.record;
