-- Of what are the records of a bucket made anew? One row per line, in order.
SELECT * EXCLUDE (bucket)
FROM lines
ORDER BY record_id, line;
