-- Which lines of a piece of a batch come in?
SELECT *
FROM piece
SEMI JOIN (FROM incoming WHERE filename = $batch) AS of_batch USING (article_id, version);
