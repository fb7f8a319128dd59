-- Which articles does this run add? One row per new article or version, by day and outlet, as in a batch file.
SELECT articles.* EXCLUDE (record_id) REPLACE (decided.article_id AS article_id, decided.version AS version)
FROM read_parquet($articles) AS articles
INNER JOIN decided USING (record_id)
WHERE decided.fate IN ('loaded', 'new_version')
ORDER BY articles.published_at::DATE NULLS LAST, articles.outlet_domain NULLS LAST, articles.raw_path, articles.record;
