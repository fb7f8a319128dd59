-- Which articles of a bucket are written anew? One row per article: a new version where its text or title has changed;
-- where neither has, the same version with what today's rules say of it.
SELECT
    articles.* EXCLUDE (record_id, bucket) REPLACE (
        decided.article_id AS article_id,
        decided.version AS version,
        coalesce(remade.content_hash, articles.content_hash) AS content_hash,
        coalesce(bodies.body, articles.body) AS body,
        coalesce(remade.word_count, articles.word_count) AS word_count,
        coalesce(remade.language, articles.language) AS language,
        articles.cut_chars + coalesce(remade.cut_chars, 0) AS cut_chars,
        if(decided.fate = 'unchanged', stored.ingested_at, $started_at::TIMESTAMPTZ) AS ingested_at,
        if(decided.fate = 'unchanged', stored.run_id, $run_id) AS run_id
    )
FROM articles
INNER JOIN decided USING (record_id)
LEFT JOIN learning.remade AS remade USING (record_id)
LEFT JOIN bodies USING (record_id)
LEFT JOIN news.articles AS stored ON decided.article_id = stored.article_id
ORDER BY articles.published_at::DATE NULLS LAST, articles.outlet_domain NULLS LAST, articles.raw_path, articles.record;
