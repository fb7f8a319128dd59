-- Which lines of a stretch of the ledger are as they are stored? One row per line, with its record.
SELECT
    stored.record_id,
    lines.* EXCLUDE (article_id, version)
FROM news.lines
INNER JOIN read_now AS stored USING (article_id, version)
WHERE lines.rowid BETWEEN $first AND $last AND NOT stored.is_cleaned;
