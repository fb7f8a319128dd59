-- How much does each rule cut, and what does it look like?
-- one row per rule
SELECT
    lines.rule,
    lines.fate,
    count(*) AS lines,
    count(DISTINCT lines.article_id) AS articles,
    count(DISTINCT articles.outlet_domain) AS outlets,
    sum(lines."end" - lines.start)::BIGINT AS characters,
    min(left(trim(lines.text, E' \t\r\n' || chr(160)), 100)) AS example
FROM lines
INNER JOIN articles USING (article_id, version)
WHERE NOT lines.kept
GROUP BY lines.rule, lines.fate
ORDER BY lines DESC, lines.rule;
