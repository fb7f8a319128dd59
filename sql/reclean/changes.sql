-- Which articles change most? One row per article with a new version: the first of those that gain or lose most words.
CREATE OR REPLACE TEMP TABLE most_changed AS
SELECT
    decided.record_id,
    decided.article_id,
    stored.outlet_domain,
    stored.raw_path,
    stored.title AS title_before,
    cleaned.title AS title_after,
    abs(coalesce(remade.word_count, anew.word_count) - stored.word_count) AS words,
    abs(coalesce(remade.body_chars, anew.body_chars) - stored.body_chars) AS chars
FROM decided
INNER JOIN cleaned USING (record_id)
INNER JOIN (
    SELECT
        * EXCLUDE (body),
        length(body) AS body_chars
    FROM news.articles
) AS stored ON decided.article_id = stored.article_id
LEFT JOIN (
    SELECT
        record_id,
        word_count,
        length(body) AS body_chars
    FROM read_parquet($remade)
    WHERE body <> ''
) AS remade USING (record_id)
LEFT JOIN (
    SELECT
        record_id,
        word_count,
        length(body) AS body_chars
    FROM read_parquet($articles)
) AS anew USING (record_id)
WHERE decided.fate = 'new_version'
ORDER BY words DESC, chars DESC, stored.raw_path
LIMIT $most;

-- How do they change? One row per article.
SELECT
    most_changed.outlet_domain,
    most_changed.raw_path,
    most_changed.title_before,
    most_changed.title_after,
    stored.body AS body_before,
    coalesce(remade.body, anew.body) AS body_after
FROM most_changed
INNER JOIN (
    SELECT *
    FROM news.articles
    WHERE article_id IN (SELECT article_id FROM most_changed)
) AS stored USING (article_id)
LEFT JOIN (
    SELECT *
    FROM read_parquet($remade)
    WHERE body <> '' AND record_id IN (SELECT record_id FROM most_changed)
) AS remade USING (record_id)
LEFT JOIN (
    SELECT *
    FROM read_parquet($articles)
    WHERE record_id IN (SELECT record_id FROM most_changed)
) AS anew USING (record_id)
ORDER BY most_changed.words DESC, most_changed.chars DESC, most_changed.raw_path;
