-- The state database from the record: news holds the articles and snapshots that Parquet gave.
-- Sizes and times of the raw files are not on record, so the next run checks each file by its SHA-256.
INSERT INTO state.versions BY NAME
SELECT
    article_id,
    version,
    record_id_of(raw_path, record) AS record_id,
    raw_path,
    content_hash,
    title,
    source_key_of(outlet_domain, outlet, raw_path) AS source_key
FROM read_parquet($batches, filename = TRUE)
QUALIFY row_number() OVER (PARTITION BY article_id, version ORDER BY filename DESC) = 1;

INSERT INTO state.duplicates BY NAME FROM news.duplicates;

INSERT INTO state.quarantine BY NAME FROM news.quarantine;

INSERT INTO state.skipped BY NAME FROM news.skipped;

INSERT INTO state.runs BY NAME FROM news.runs;

INSERT INTO state.learned BY NAME FROM news.learned;

INSERT INTO state.files BY NAME
WITH records AS (
    SELECT
        raw_path,
        arg_max(raw_sha256, run_id) AS sha256,
        count(DISTINCT article_id::VARCHAR || record) AS articles,
        0 AS duplicates,
        0 AS quarantined,
        0 AS skipped
    FROM read_parquet($batches)
    GROUP BY raw_path
    UNION ALL
    SELECT
        raw_path,
        any_value(raw_sha256) AS sha256,
        0 AS articles,
        count(*) AS duplicates,
        0 AS quarantined,
        0 AS skipped
    FROM news.duplicates
    GROUP BY raw_path
    UNION ALL
    SELECT
        raw_path,
        any_value(raw_sha256) AS sha256,
        0 AS articles,
        0 AS duplicates,
        count(*) AS quarantined,
        0 AS skipped
    FROM news.quarantine
    WHERE code <> 'unreadable'
    GROUP BY raw_path
    UNION ALL
    SELECT
        raw_path,
        any_value(raw_sha256) AS sha256,
        0 AS articles,
        0 AS duplicates,
        0 AS quarantined,
        count(*) AS skipped
    FROM news.skipped
    GROUP BY raw_path
)

SELECT
    raw_path,
    any_value(sha256) AS sha256,
    sum(articles)::BIGINT AS articles,
    sum(duplicates)::BIGINT AS duplicates,
    sum(quarantined)::BIGINT AS quarantined,
    sum(skipped)::BIGINT AS skipped
FROM records
GROUP BY raw_path;
