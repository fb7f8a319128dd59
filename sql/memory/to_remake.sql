-- Which lines of a piece are of records that are to be made anew? One row per line, with the bucket of its record.
SELECT
    piece.record_id,
    piece.line,
    piece.text,
    if(starts_with(piece.rule, 'learned: '), 'body', piece.fate) AS fate,
    remembered.line IS NOT NULL AS is_cut,
    starts_with(piece.rule, 'learned: ') AS was_cut,
    differing.language,
    differing.bucket
FROM piece
INNER JOIN differing USING (record_id)
LEFT JOIN remembered ON piece.record_id = remembered.record_id AND piece.line = remembered.line;
