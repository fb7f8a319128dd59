-- What became of each line of the records this run adds? One row per line; a duplicate's keep its record_id.
SELECT
    if(decided.fate = 'duplicate', lines.article_id, decided.article_id) AS article_id,
    if(decided.fate = 'duplicate', 0, decided.version) AS version,
    lines.* EXCLUDE (article_id, version) REPLACE (
        if(remembered.line IS NULL, lines.fate, 'furniture') AS fate,
        lines.kept AND remembered.line IS NULL AS kept,
        coalesce('learned: ' || remembered.place, lines.rule) AS rule
    )
FROM read_parquet($lines) AS lines
INNER JOIN decided ON lines.article_id = decided.record_id
LEFT JOIN learning.remembered AS remembered ON lines.article_id = remembered.record_id AND lines.line = remembered.line
WHERE decided.fate IN ('loaded', 'new_version', 'duplicate');
