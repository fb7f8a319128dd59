-- Which shards are there? One row per shard: its number, texts and characters.
SELECT
    shard,
    count(*) AS texts,
    sum(raw_chars)::BIGINT AS chars
FROM stale
GROUP BY shard
ORDER BY shard;
