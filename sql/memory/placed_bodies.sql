-- What does memory leave of the articles of a piece? One row per article that is written, with its bucket.
SELECT
    piece.record_id,
    piece.body,
    placed.bucket
FROM piece
INNER JOIN placed USING (record_id)
WHERE piece.body <> '';
