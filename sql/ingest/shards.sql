-- Which shards are there? One row per shard: its number, files and bytes.
SELECT
    shard,
    count(*) AS files,
    sum(size)::BIGINT AS bytes
FROM fresh
GROUP BY shard
ORDER BY shard;
