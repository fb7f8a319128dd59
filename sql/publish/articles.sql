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

-- Which rows of articles does a newer version replace? They move to superseded.
INSERT INTO superseded BY NAME
SELECT *
FROM articles
WHERE
    article_id IN (SELECT article_id FROM incoming)
    AND (article_id, version) NOT IN (SELECT (article_id, version) FROM refreshed);

DELETE FROM articles
WHERE article_id IN (SELECT article_id FROM incoming);

-- The newest version of each incoming article goes to articles, the others to superseded.
INSERT INTO superseded BY NAME
SELECT rows_in.* EXCLUDE (filename)
FROM read_parquet($batches, filename = TRUE) AS rows_in
SEMI JOIN (FROM incoming WHERE NOT is_newest) AS older USING (article_id, version, filename);

INSERT INTO articles BY NAME
SELECT rows_in.* EXCLUDE (filename)
FROM read_parquet($batches, filename = TRUE) AS rows_in
SEMI JOIN (FROM incoming WHERE is_newest) AS newest USING (article_id, version, filename);
