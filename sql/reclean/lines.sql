-- What became of each line of a piece whose record is written anew? One row per line; a duplicate's keep its record_id.
SELECT
    if(decided.fate IN ('duplicate', 'still_duplicate'), decided.record_id, decided.article_id) AS article_id,
    if(decided.fate IN ('duplicate', 'still_duplicate'), 0, decided.version) AS version,
    piece.* EXCLUDE (record_id) REPLACE (
        CASE
            WHEN remembered.line IS NOT NULL THEN 'furniture'
            WHEN remade.record_id IS NOT NULL AND starts_with(piece.rule, 'learned: ') THEN 'body'
            ELSE piece.fate
        END AS fate,
        CASE
            WHEN remembered.line IS NOT NULL THEN FALSE
            WHEN remade.record_id IS NOT NULL AND starts_with(piece.rule, 'learned: ') THEN TRUE
            ELSE piece.kept
        END AS kept,
        CASE
            WHEN remembered.line IS NOT NULL THEN 'learned: ' || remembered.place
            WHEN remade.record_id IS NOT NULL AND starts_with(piece.rule, 'learned: ') THEN 'body'
            ELSE piece.rule
        END AS rule
    )
FROM piece
INNER JOIN decided USING (record_id)
LEFT JOIN learning.remade AS remade USING (record_id)
LEFT JOIN learning.remembered AS remembered
    ON piece.record_id = remembered.record_id AND piece.line = remembered.line;
