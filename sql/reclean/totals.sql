-- How much changes? One row: bodies, titles, words cut and words restored.
SELECT
    count(*) FILTER (cleaned.content_hash <> stored.content_hash)::BIGINT AS bodies,
    count(*) FILTER (cleaned.title IS DISTINCT FROM stored.title)::BIGINT AS titles,
    coalesce(sum(greatest(stored.word_count - coalesce(remade.word_count, anew.word_count), 0)), 0)::BIGINT
        AS words_cut,
    coalesce(sum(greatest(coalesce(remade.word_count, anew.word_count) - stored.word_count, 0)), 0)::BIGINT
        AS words_restored
FROM decided
INNER JOIN cleaned USING (record_id)
INNER JOIN news.articles AS stored ON decided.article_id = stored.article_id
LEFT JOIN learning.remade AS remade USING (record_id)
LEFT JOIN read_parquet($articles) AS anew USING (record_id)
WHERE decided.fate = 'new_version';
