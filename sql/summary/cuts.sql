-- What was cut from the articles that a run loaded? One row per fate.
SELECT
    lines.fate,
    count(*) AS lines,
    sum(lines."end" - lines.start)::BIGINT AS characters
FROM lines
SEMI JOIN (SELECT * FROM article_versions WHERE run_id = $run_id) AS loaded USING (article_id, version)
WHERE NOT lines.kept
GROUP BY lines.fate
ORDER BY count(*) DESC, lines.fate;
