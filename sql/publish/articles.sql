-- Which rows come in? One row per article and version: that of the last run, where it was cleaned anew.
CREATE OR REPLACE TEMP TABLE incoming AS
SELECT
    *,
    version = max(version) OVER (PARTITION BY article_id) AS is_newest
FROM (
    SELECT
        article_id,
        version,
        max(filename) AS filename
    FROM read_parquet($batches, filename = TRUE)
    GROUP BY ALL
) AS of_runs;

-- Which of them stand already? They are replaced, and their lines are.
CREATE OR REPLACE TEMP TABLE refreshed AS
SELECT
    article_id,
    version
FROM articles
SEMI JOIN incoming USING (article_id, version)
UNION ALL
SELECT
    article_id,
    version
FROM superseded
SEMI JOIN incoming USING (article_id, version);

DELETE FROM superseded
WHERE (article_id, version) IN (SELECT (article_id, version) FROM refreshed);

-- Which rows of articles does a newer version replace? They are to move to superseded.
CREATE OR REPLACE TEMP TABLE replaced AS
SELECT article_id
FROM articles
WHERE
    article_id IN (SELECT article_id FROM incoming)
    AND (article_id, version) NOT IN (SELECT (article_id, version) FROM refreshed);
