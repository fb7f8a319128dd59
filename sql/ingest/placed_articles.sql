-- Which articles of a piece does this run add? One row per article as the workers left it, with its bucket.
SELECT
    piece.*,
    placed.bucket
FROM piece
INNER JOIN placed USING (record_id);
