-- Which files does a shard hold? One row per file, in the order in which they are read.
SELECT * EXCLUDE (shard)
FROM fresh
WHERE shard = $shard
ORDER BY raw_path;
