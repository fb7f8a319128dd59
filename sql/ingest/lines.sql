-- What became of each line of a piece, if this run adds its record? One row per line; a duplicate's keep its record_id.
SELECT
    if(decided.fate = 'duplicate', piece.article_id, decided.article_id) AS article_id,
    if(decided.fate = 'duplicate', 0, decided.version) AS version,
    piece.* EXCLUDE (article_id, version) REPLACE (
        if(remembered.line IS NULL, piece.fate, 'furniture') AS fate,
        piece.kept AND remembered.line IS NULL AS kept,
        coalesce('learned: ' || remembered.place, piece.rule) AS rule
    )
FROM piece
INNER JOIN decided ON piece.article_id = decided.record_id
LEFT JOIN learning.remembered AS remembered ON piece.article_id = remembered.record_id AND piece.line = remembered.line
WHERE decided.fate IN ('loaded', 'new_version', 'duplicate');
