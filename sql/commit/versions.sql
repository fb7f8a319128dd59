-- Remember each article and version that this run adds.
INSERT INTO versions BY NAME
SELECT
    decided.article_id,
    decided.version,
    cleaned.record_id,
    cleaned.raw_path,
    cleaned.content_hash,
    cleaned.title,
    cleaned.source_key
FROM decided
INNER JOIN cleaned USING (record_id)
WHERE decided.fate IN ('loaded', 'new_version');
