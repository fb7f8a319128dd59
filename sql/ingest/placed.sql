-- Where does each article stand that this run adds? One row per article: its bucket, in the order of a batch file.
CREATE OR REPLACE TEMP TABLE placed AS
SELECT
    record_id,
    (
        sum(weight_of(raw_chars, title, deck, authors, tags)) OVER (
            ORDER BY published_at::DATE NULLS LAST, outlet_domain NULLS LAST, raw_path, record
            ROWS UNBOUNDED PRECEDING
        ) // $bucket_chars
    )::INTEGER AS bucket
FROM read_parquet($articles)
INNER JOIN decided USING (record_id)
WHERE decided.fate IN ('loaded', 'new_version');
