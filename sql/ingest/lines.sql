-- What became of each line of the records this run adds? One row per line; a duplicate's keep its record_id.
SELECT
    if(decided.fate = 'duplicate', lines.article_id, decided.article_id) AS article_id,
    if(decided.fate = 'duplicate', 0, decided.version) AS version,
    lines.* EXCLUDE (article_id, version)
FROM read_parquet($lines) AS lines
INNER JOIN decided ON lines.article_id = decided.record_id
WHERE decided.fate IN ('loaded', 'new_version', 'duplicate');
