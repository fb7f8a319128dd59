-- Where does each article stand that is written anew? One row per article: its bucket, in the order of a batch file.
CREATE OR REPLACE TEMP TABLE placed AS
SELECT
    record_id,
    (
        sum(weight_of(raw_chars, title, deck, authors, tags)) OVER (
            ORDER BY published_at::DATE NULLS LAST, outlet_domain NULLS LAST, raw_path, record
            ROWS UNBOUNDED PRECEDING
        ) // $bucket_chars
    )::INTEGER AS bucket
FROM (
    SELECT * EXCLUDE (body)
    FROM read_parquet($articles)
    UNION ALL BY NAME
    SELECT
        read_now.record_id,
        articles.* EXCLUDE (body)
    FROM news.articles
    INNER JOIN read_now USING (article_id, version)
    WHERE NOT read_now.is_cleaned
) AS anew
INNER JOIN decided USING (record_id)
WHERE decided.fate IN ('loaded', 'new_version', 'unchanged');
