-- Which rows of a piece of a batch are not the newest version of their article?
SELECT *
FROM piece
SEMI JOIN (FROM incoming WHERE NOT is_newest AND filename = $batch) AS older USING (article_id, version);
