-- Remember the duplicates that this run met, each with a pointer to its article.
INSERT INTO duplicates BY NAME
SELECT
    cleaned.record_id,
    cleaned.raw_path,
    cleaned.record,
    cleaned.sha256 AS raw_sha256,
    cleaned.raw_format,
    decided.article_id,
    decided.version,
    cleaned.content_hash,
    $started_at AS first_seen,
    $run_id AS run_id
FROM decided
INNER JOIN cleaned USING (record_id)
WHERE decided.fate = 'duplicate';
