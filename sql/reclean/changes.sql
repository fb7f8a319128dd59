-- Which articles change, and how? One row per article with a new version, those that gain or lose most words first.
SELECT
    stored.outlet_domain,
    stored.raw_path,
    stored.title AS title_before,
    cleaned.title AS title_after,
    stored.body AS body_before,
    coalesce(remade.body, anew.body) AS body_after
FROM decided
INNER JOIN cleaned USING (record_id)
INNER JOIN news.articles AS stored ON decided.article_id = stored.article_id
LEFT JOIN learning.remade AS remade USING (record_id)
LEFT JOIN read_parquet($articles) AS anew USING (record_id)
WHERE decided.fate = 'new_version'
ORDER BY
    abs(coalesce(remade.word_count, anew.word_count) - stored.word_count) DESC,
    abs(length(body_after) - length(body_before)) DESC,
    stored.raw_path
LIMIT $most;
