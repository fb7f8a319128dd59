-- Which lines are furniture, that nothing else cuts? One row per line.
CREATE OR REPLACE TEMP TABLE remembered AS
SELECT
    standing.record_id,
    standing.line,
    standing.place
FROM standing
INNER JOIN read_now USING (record_id)
SEMI JOIN (
    SELECT
        source_key,
        place,
        md5_number_lower(line) AS said_hash
    FROM learned_now
) AS known
    ON
        read_now.source_key = known.source_key
        AND standing.place = known.place
        AND standing.said_hash = known.said_hash
WHERE standing.is_kept;
