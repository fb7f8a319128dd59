-- Which articles of a stretch are written anew as they are stored? One row per article, with its bucket.
SELECT
    articles.*,
    read_now.record_id,
    placed.bucket
FROM news.articles
INNER JOIN read_now USING (article_id, version)
INNER JOIN placed USING (record_id)
WHERE articles.rowid BETWEEN $first AND $last AND NOT read_now.is_cleaned;
