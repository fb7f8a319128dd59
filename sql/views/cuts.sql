-- Which lines were cut, from which article, and by which rule?
-- one row per cut line of an article's newest version
SELECT
    articles.outlet_domain,
    lines.fate,
    lines.rule,
    trim(lines.text, E' \t\r\n' || chr(160)) AS text,
    lines.article_id,
    lines.version,
    lines.line
FROM lines
INNER JOIN articles USING (article_id, version)
WHERE NOT lines.kept;
