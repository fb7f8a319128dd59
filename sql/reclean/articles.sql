-- Which articles are written anew? One row per article: a new version where its text or title has changed; where
-- neither has, the same version with what today's rules say of it.
SELECT
    anew.* EXCLUDE (record_id) REPLACE (
        decided.article_id AS article_id,
        decided.version AS version,
        coalesce(remade.content_hash, anew.content_hash) AS content_hash,
        coalesce(remade.body, anew.body) AS body,
        coalesce(remade.word_count, anew.word_count) AS word_count,
        coalesce(remade.language, anew.language) AS language,
        anew.cut_chars + coalesce(remade.cut_chars, 0) AS cut_chars,
        if(decided.fate = 'unchanged', stored.ingested_at, $started_at::TIMESTAMPTZ) AS ingested_at,
        if(decided.fate = 'unchanged', stored.run_id, $run_id) AS run_id
    )
FROM (
    SELECT *
    FROM read_parquet($articles)
    UNION ALL BY NAME
    SELECT
        read_now.record_id,
        articles.*
    FROM news.articles
    INNER JOIN read_now USING (article_id, version)
    WHERE NOT read_now.is_cleaned
) AS anew
INNER JOIN decided USING (record_id)
LEFT JOIN learning.remade AS remade USING (record_id)
LEFT JOIN news.articles AS stored ON decided.article_id = stored.article_id
WHERE decided.fate IN ('loaded', 'new_version', 'unchanged')
ORDER BY anew.published_at::DATE NULLS LAST, anew.outlet_domain NULLS LAST, anew.raw_path, anew.record;
