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

-- In which records does memory cut other lines than it did? One row per record, with the bucket in which it is made
-- anew.
CREATE OR REPLACE TEMP TABLE differing AS
WITH before AS (
    SELECT
        record_id,
        line,
        substr(rule, 10) AS place
    FROM ledger
    WHERE starts_with(rule, 'learned: ')
),

changed AS (
    SELECT coalesce(remembered.record_id, before.record_id) AS record_id
    FROM remembered
    FULL JOIN before
        ON
            remembered.record_id = before.record_id
            AND remembered.line = before.line
            AND remembered.place = before.place
    WHERE remembered.record_id IS NULL OR before.record_id IS NULL
)

SELECT
    record_id,
    language,
    (sum(raw_chars) OVER (ORDER BY record_id ROWS UNBOUNDED PRECEDING) // $bucket_chars)::INTEGER AS bucket
FROM read_now
SEMI JOIN changed USING (record_id);
