-- Which files are new or changed, or have another mapping, and which shard reads each? One row per file to read.
-- Shards are runs of files in the order of their paths, of about the same weight: bytes, and a little per file.
CREATE OR REPLACE TEMP TABLE fresh AS
WITH changed AS (
    SELECT
        found.*,
        if(sha256(found.mapping) IS DISTINCT FROM files.mapping_sha256, NULL, files.sha256) AS sha256,
        found.size + 1024 AS weight
    FROM read_parquet($found) AS found
    LEFT JOIN files USING (raw_path)
    WHERE
        (found.size, found.mtime_ns, found.inode, sha256(found.mapping))
        IS DISTINCT FROM (files.size, files.mtime_ns, files.inode, files.mapping_sha256)
),

weighed AS (
    SELECT
        *,
        sum(weight) OVER (ORDER BY raw_path ROWS UNBOUNDED PRECEDING) - weight AS weight_before,
        sum(weight) OVER () AS total
    FROM changed
)

SELECT
    * EXCLUDE (weight, weight_before, total),
    (weight_before // greatest($shard_bytes, total // $max_shards + 1))::INTEGER AS shard
FROM weighed;
