-- Which texts does a shard hold? One row per text: the lines of the ledger, laid end to end.
SELECT
    stale.raw_path,
    stale.record,
    stale.member,
    stale.raw_sha256 AS sha256,
    stale.raw_format,
    stale.encoding,
    told.text
FROM stale
INNER JOIN (
    SELECT
        lines.article_id,
        lines.version,
        string_agg(lines.text, '' ORDER BY lines.line) AS text
    FROM news.lines
    SEMI JOIN (FROM stale WHERE shard = $shard) AS of_shard USING (article_id, version)
    GROUP BY ALL
) AS told USING (article_id, version)
ORDER BY stale.raw_path, stale.record;
