-- Which rows of articles does a newer version replace? They move to superseded.
INSERT INTO superseded BY NAME
SELECT *
FROM articles
WHERE article_id IN (SELECT article_id FROM read_parquet($batches));

DELETE FROM articles
WHERE article_id IN (SELECT article_id FROM read_parquet($batches));

-- The newest version of each incoming article goes to articles, the others to superseded.
INSERT INTO superseded BY NAME
SELECT incoming.*
FROM read_parquet($batches) AS incoming
ANTI JOIN (
    SELECT
        article_id,
        max(version) AS version
    FROM read_parquet($batches)
    GROUP BY article_id
) AS newest USING (article_id, version);

INSERT INTO articles BY NAME
SELECT incoming.*
FROM read_parquet($batches) AS incoming
SEMI JOIN (
    SELECT
        article_id,
        max(version) AS version
    FROM read_parquet($batches)
    GROUP BY article_id
) AS newest USING (article_id, version);
