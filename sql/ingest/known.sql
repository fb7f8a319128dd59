-- How many records do the files hold that have not changed? One row: articles, duplicates, quarantined, skipped.
SELECT
    coalesce(sum(files.articles), 0)::BIGINT AS articles,
    coalesce(sum(files.duplicates), 0)::BIGINT AS duplicates,
    coalesce(sum(files.quarantined), 0)::BIGINT AS quarantined,
    coalesce(sum(files.skipped), 0)::BIGINT AS skipped
FROM read_parquet($found) AS found
INNER JOIN files USING (raw_path)
ANTI JOIN fresh USING (raw_path);
