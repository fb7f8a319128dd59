-- Which rows of a piece of a batch are the newest version of their article?
SELECT *
FROM piece
SEMI JOIN (FROM incoming WHERE is_newest AND filename = $batch) AS newest USING (article_id, version);
