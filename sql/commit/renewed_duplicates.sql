-- Which article does each duplicate repeat now? Its lines are those that this run wrote.
UPDATE duplicates
SET
    article_id = decided.article_id,
    version = decided.version,
    content_hash = cleaned.content_hash,
    run_id = $run_id
FROM decided
INNER JOIN cleaned ON decided.record_id = cleaned.record_id
WHERE duplicates.record_id = decided.record_id AND decided.fate IN ('duplicate', 'still_duplicate');

-- A duplicate whose content is its own by today's rules has become an article.
UPDATE files
SET
    articles = files.articles + freed.records,
    duplicates = files.duplicates - freed.records
FROM (
    SELECT
        duplicates.raw_path,
        count(*) AS records
    FROM duplicates
    INNER JOIN decided USING (record_id)
    WHERE decided.fate = 'loaded'
    GROUP BY duplicates.raw_path
) AS freed
WHERE files.raw_path = freed.raw_path;

DELETE FROM duplicates
WHERE record_id IN (SELECT record_id FROM decided WHERE fate = 'loaded');
