-- What did the lines of the cleaned records say, and what became of each before memory had a say?
-- One row per line that is not blank; of one of over 4,000 characters only its ends are looked at.
-- A line is open where no rule of rules/ decided it: kept in the body as what nothing else claimed, whatever way of
-- reading a page found it, or cut by memory or the classifier.
CREATE OR REPLACE TEMP TABLE told AS
SELECT
    record_id,
    line,
    md5_number_lower(said) AS said_hash,
    length(said) AS chars,
    is_open,
    is_kept,
    regexp_matches(right(said, 4), '[.!?…。！？।؟۔]["''”’»)\]』」]*$') AS ends_a_sentence,
    regexp_matches(right(said, 4), '[,:;：；]["''”’»)\]』」]*$') AS leads_on,
    (
        is_kept
        AND NOT is_title
        AND (ends_a_sentence OR leads_on)
        AND length(said) > if(left(said, 1) >= chr(12352), 45, 90)
    ) AS is_paragraph
FROM (
    SELECT
        record_id,
        line,
        fate = 'title' AS is_title,
        kept OR starts_with(rule, 'learned: ') AS is_kept,
        (
            (kept AND fate IN ('body', 'subhead') AND (rule = fate OR starts_with(rule, 'html: ')))
            OR starts_with(rule, 'learned: ')
            OR starts_with(rule, 'classifier ')
        ) AS is_open,
        said_in(ends) AS said
    FROM ledger
) AS said_lines
WHERE said <> '';

-- How does each record begin, where do its paragraphs begin and end, and which story is it? One row per record.
-- Its longest paragraph stands for a story: what updates of one story share, and different stories do not.
CREATE OR REPLACE TEMP TABLE framed AS
SELECT
    record_id,
    min(line) FILTER (is_paragraph) AS first_paragraph,
    max(line) FILTER (is_paragraph) AS last_paragraph,
    (arg_min(said_hash, line) FILTER (is_paragraph) % 4294967296)::UINTEGER AS opening,
    (max(chars * 4294967296 + (said_hash % 4294967296)::BIGINT) FILTER (is_kept) % 4294967296)::UINTEGER AS story
FROM told
GROUP BY record_id;

-- Which open lines could be an outlet's furniture, and where do they stand?
-- One row per line: at the head, how many kept lines are before it, at the tail, how many come after it.
-- A running count with FILTER takes DuckDB time that grows with the square of the lines; without, it does not.
-- A short line among paragraphs is a sub-head as like as not, and a line that leads on belongs to what follows.
CREATE OR REPLACE TEMP TABLE standing AS
WITH placed AS (
    SELECT
        told.*,
        if(line < first_paragraph, 'head', if(line > last_paragraph, 'tail', 'body')) AS place
    FROM told
    INNER JOIN framed USING (record_id)
    WHERE first_paragraph IS NOT NULL
),

counted AS (
    SELECT
        *,
        count(if(is_kept, line, NULL)) OVER (PARTITION BY record_id, place ORDER BY line) AS kept_so_far,
        count(if(is_kept, line, NULL)) OVER (PARTITION BY record_id, place) AS kept_there
    FROM placed
    WHERE place <> 'body'
)

SELECT
    record_id,
    line,
    said_hash,
    place,
    is_kept,
    ends_a_sentence OR chars >= 60 AS is_sentence,
    least(255, if(place = 'head', kept_so_far, kept_there - kept_so_far))::UTINYINT AS apart
FROM counted
WHERE is_open AND chars <= 300 AND NOT leads_on
UNION ALL BY NAME
SELECT
    record_id,
    line,
    said_hash,
    place,
    is_kept,
    TRUE AS is_sentence,
    0 AS apart
FROM placed
WHERE is_open AND place = 'body' AND chars BETWEEN 60 AND 300;

-- Which story of which source is each record? One row per record.
CREATE OR REPLACE TEMP TABLE readings_now AS
SELECT
    read_now.record_id,
    read_now.source_key,
    framed.story
FROM read_now
INNER JOIN framed USING (record_id);

-- What does memory note? One row per record, line and place. What a text says again and again is a speaker's name
-- or a sub-head, and is not noted.
CREATE OR REPLACE TEMP TABLE sightings_now AS
SELECT
    read_now.source_key,
    standing.said_hash,
    standing.place,
    standing.record_id,
    framed.story,
    framed.opening,
    min(standing.apart) AS apart,
    bool_or(standing.is_sentence) AS is_sentence,
    NOT bool_or(standing.is_kept) AS is_cut,
    any_value(read_now.published_at) AS published_at
FROM standing
INNER JOIN framed USING (record_id)
INNER JOIN read_now USING (record_id)
ANTI JOIN (
    SELECT
        record_id,
        said_hash
    FROM told
    WHERE is_open AND chars < 60
    GROUP BY ALL
    HAVING count(*) > 2
) AS said_again USING (record_id, said_hash)
GROUP BY ALL;
