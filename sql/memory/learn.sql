-- Which lines may be learned now, or unlearned? One row per source, line and place: those that this run saw or saw
-- anew, and, as shares change, all that are learned of a source that it read.
CREATE OR REPLACE TEMP TABLE weighed AS
SELECT
    source_key,
    said_hash,
    place
FROM sightings_now
UNION
SELECT
    source_key,
    said_hash,
    place
FROM sightings
WHERE record_id IN (SELECT record_id FROM readings_now)
UNION
SELECT
    source_key,
    md5_number_lower(line) AS said_hash,
    place
FROM learned
WHERE source_key IN (
    SELECT source_key
    FROM readings_now
    UNION
    SELECT source_key
    FROM readings
    WHERE record_id IN (SELECT record_id FROM readings_now)
);

-- Where was each of them seen? The records that this run read count as it read them. Of one line so many sightings
-- are kept: those of the lowest stories, so that it makes no difference in which order they were met.
CREATE OR REPLACE TEMP TABLE sightings_then AS
SELECT *
FROM (
    SELECT *
    FROM sightings
    SEMI JOIN weighed USING (source_key, said_hash, place)
    ANTI JOIN readings_now USING (record_id)
    UNION ALL BY NAME
    SELECT * FROM sightings_now
) AS sightings_of_all
QUALIFY row_number() OVER (PARTITION BY source_key, said_hash, place ORDER BY story, record_id) <= $cap;

-- How many stories has each source? Updates of one story are one.
CREATE OR REPLACE TEMP TABLE sources_now AS
SELECT
    source_key,
    count(DISTINCT story) AS stories
FROM (
    SELECT
        source_key,
        story
    FROM readings
    WHERE source_key IN (SELECT source_key FROM weighed) AND record_id NOT IN (SELECT record_id FROM readings_now)
    UNION ALL
    SELECT
        source_key,
        story
    FROM readings_now
) AS readings_of_all
GROUP BY source_key;

-- Which of them are furniture? One row per source, line and place.
-- support: stories that differ in their longest paragraph, and in their first one.
-- settled: the share of its sightings at its most frequent distance from the start or the end.
-- doubted: the share of its sightings that the classifier cuts.
CREATE OR REPLACE TEMP TABLE furniture AS
WITH often AS (
    SELECT
        source_key,
        said_hash,
        place
    FROM sightings_then
    GROUP BY ALL
    HAVING count(*) >= $few
),

measured AS (
    SELECT
        source_key,
        said_hash,
        place,
        least(count(DISTINCT story), count(DISTINCT opening)) AS support,
        list_max(map_values(histogram(apart))) / count(*) AS settled,
        avg(is_cut::INTEGER) AS doubted,
        bool_or(is_sentence) AS is_sentence,
        min(published_at) AS first_published,
        max(published_at) AS last_published,
        min(record_id) AS example_id
    FROM sightings_then
    SEMI JOIN often USING (source_key, said_hash, place)
    GROUP BY ALL
)

SELECT
    measured.source_key,
    measured.place,
    measured.said_hash,
    measured.support::INTEGER AS support,
    (measured.support / sources_now.stories)::FLOAT AS share,
    measured.first_published,
    measured.last_published,
    measured.example_id
FROM measured
INNER JOIN sources_now USING (source_key)
WHERE
    measured.support >= least(
        $cap // 2,
        CASE
            WHEN measured.doubted >= $doubted THEN greatest($few, $rarely * sources_now.stories)
            WHEN measured.place = 'head' THEN greatest($very_many, $often * sources_now.stories)
            WHEN measured.is_sentence THEN greatest($many, $often * sources_now.stories)
            ELSE greatest($few, $rarely * sources_now.stories)
        END
    )
    AND (measured.place = 'body' OR measured.settled >= $settled);

-- What is learned from now on? One row per source, line and place.
CREATE OR REPLACE TEMP TABLE learned_now AS
WITH wordings AS (
    SELECT
        standing.said_hash,
        min(said_in(ledger.ends)) AS line
    FROM standing
    INNER JOIN ledger USING (record_id, line)
    WHERE standing.said_hash IN (SELECT said_hash FROM furniture)
    GROUP BY standing.said_hash
    UNION ALL
    SELECT DISTINCT
        md5_number_lower(line) AS said_hash,
        line
    FROM learned
)

SELECT DISTINCT ON (furniture.source_key, furniture.place, furniture.said_hash)
    furniture.* EXCLUDE (said_hash),
    wordings.line
FROM furniture
INNER JOIN wordings USING (said_hash)
UNION ALL BY NAME
SELECT *
FROM learned
ANTI JOIN weighed
    ON
        learned.source_key = weighed.source_key
        AND learned.place = weighed.place
        AND md5_number_lower(learned.line) = weighed.said_hash;
