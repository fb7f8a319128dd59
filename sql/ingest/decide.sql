-- What is the content of the records that memory cut lines from? What is left.
UPDATE cleaned
SET content_hash = remade.content_hash
FROM learning.remade AS remade
WHERE cleaned.record_id = remade.record_id;

-- What becomes of each cleaned record? One row per record: its fate, and the article and version it belongs to.
-- Reads the temporary table cleaned and the state's versions and duplicates. The order of files on disk, of
-- shards and of workers has no say: records are taken in the order of raw_path and record.
CREATE OR REPLACE TEMP TABLE decided AS
WITH candidates AS (
    SELECT
        *,
        row_number() OVER (ORDER BY raw_path, record) AS place
    FROM cleaned
),

-- What each record gave when it was last read: one row per record and article.
held AS (
    SELECT
        record_id,
        article_id,
        any_value(raw_path) AS raw_path,
        max(version) AS version,
        arg_max(content_hash, version) AS content_hash,
        arg_max_null(title, version) AS title
    FROM versions
    WHERE article_id IN (SELECT article_id FROM candidates)
    GROUP BY record_id, article_id
),

standing AS (
    SELECT
        candidates.record_id,
        held.article_id,
        held.version
    FROM candidates
    INNER JOIN held USING (record_id, article_id, content_hash)
    WHERE candidates.title IS NOT DISTINCT FROM held.title
),

still_duplicate AS (
    SELECT
        candidates.record_id,
        duplicates.article_id,
        duplicates.version
    FROM candidates
    ANTI JOIN standing USING (record_id)
    INNER JOIN duplicates USING (record_id, content_hash)
),

-- An article with an address is the same one where records before it in its file have come or gone.
found_again AS (
    SELECT
        candidates.record_id,
        candidates.raw_path,
        held.record_id AS held_by,
        held.article_id,
        held.version
    FROM candidates
    ANTI JOIN standing USING (record_id)
    ANTI JOIN still_duplicate USING (record_id)
    INNER JOIN held USING (raw_path, article_id, content_hash)
    WHERE
        candidates.title IS NOT DISTINCT FROM held.title
        AND (held.record_id, held.article_id) NOT IN (
            SELECT (stands.record_id, stands.article_id) FROM standing AS stands
        )
    QUALIFY
        row_number() OVER (PARTITION BY held.record_id, held.article_id ORDER BY candidates.place) = 1
        AND row_number() OVER (PARTITION BY candidates.record_id ORDER BY held.version DESC) = 1
),

-- Where a later version has gone from the file, the article went back to what it was: that is a change.
gone AS (
    SELECT held.*
    FROM held
    ANTI JOIN standing USING (record_id, article_id)
    WHERE (record_id, article_id) NOT IN (SELECT (held_by, article_id) FROM found_again)
),

moved AS (
    SELECT
        found_again.record_id,
        found_again.article_id,
        found_again.version
    FROM found_again
    ANTI JOIN gone
        ON
            found_again.raw_path = gone.raw_path
            AND found_again.article_id = gone.article_id
            AND found_again.version < gone.version
),

unchanged AS (
    SELECT * FROM standing
    UNION ALL
    SELECT * FROM moved
),

undecided AS (
    SELECT *
    FROM candidates
    ANTI JOIN unchanged USING (record_id)
    ANTI JOIN still_duplicate USING (record_id)
),

-- Every article's story so far: its newest version (place 0), then its undecided records in order.
history AS (
    SELECT
        article_id,
        0 AS place,
        max(version) AS version,
        arg_max(record_id, version) AS record_id,
        arg_max(content_hash, version) AS content_hash,
        arg_max_null(title, version) AS title,
        arg_max(source_key, version) AS source_key
    FROM versions
    WHERE article_id IN (SELECT article_id FROM undecided)
    GROUP BY article_id
    UNION ALL BY NAME
    SELECT
        article_id,
        place,
        record_id,
        content_hash,
        title,
        source_key
    FROM undecided
),

compared AS (
    SELECT
        *,
        (
            content_hash IS DISTINCT FROM lag(content_hash) OVER chain
            OR title IS DISTINCT FROM lag(title) OVER chain
            OR row_number() OVER chain = 1
        ) AS changed
    FROM history
    WINDOW chain AS (PARTITION BY article_id ORDER BY place)
),

-- A stretch is a run of records of one article with the same content; its first record leads it.
stretched AS (
    SELECT
        *,
        sum(changed::INTEGER) OVER (PARTITION BY article_id ORDER BY place) AS stretch
    FROM compared
),

-- The first content of a new article may stand in another article of the same source: known, or in a new version of
-- one, or earlier in this run.
known_content AS (
    SELECT DISTINCT ON (source_key, content_hash)
        source_key,
        content_hash,
        article_id,
        version
    FROM (
        SELECT
            source_key,
            content_hash,
            article_id,
            version
        FROM versions
        WHERE content_hash IN (SELECT content_hash FROM undecided)
        UNION ALL
        SELECT
            renewed.source_key,
            renewed.content_hash,
            renewed.article_id,
            stood.version + renewed.stretch - 1 AS version
        FROM stretched AS renewed
        INNER JOIN history AS stood ON renewed.article_id = stood.article_id AND stood.place = 0
        WHERE renewed.changed AND renewed.place > 0
    ) AS contents
    ORDER BY source_key, content_hash, version, article_id
),

leaders AS (
    SELECT
        led.article_id,
        led.stretch,
        led.place,
        known_content.article_id AS known_article_id,
        known_content.version AS known_version,
        first_value(led.article_id) OVER twins AS first_article_id
    FROM (
        SELECT
            *,
            stretch = 1 AS is_new
        FROM stretched
        WHERE changed AND place > 0
    ) AS led
    LEFT JOIN known_content
        ON
            led.is_new
            AND led.source_key = known_content.source_key
            AND led.content_hash = known_content.content_hash
    WINDOW twins AS (
        PARTITION BY led.is_new, led.source_key, led.content_hash, if(led.is_new, 0, led.place)
        ORDER BY led.place
    )
),

accepted AS (
    SELECT
        leaders.article_id,
        leaders.stretch,
        coalesce(history.version, 0) + row_number() OVER (
            PARTITION BY leaders.article_id
            ORDER BY leaders.stretch
        ) AS version
    FROM leaders
    LEFT JOIN history
        ON leaders.article_id = history.article_id AND history.place = 0
    WHERE leaders.known_article_id IS NULL AND leaders.first_article_id = leaders.article_id
),

-- Where the content of each stretch stands in the warehouse.
homes AS (
    SELECT
        article_id,
        stretch,
        article_id AS home_id,
        version
    FROM accepted
    UNION ALL
    SELECT
        article_id,
        stretch,
        coalesce(known_article_id, first_article_id) AS home_id,
        coalesce(known_version, 1) AS version
    FROM leaders
    ANTI JOIN accepted USING (article_id, stretch)
    UNION ALL
    SELECT
        article_id,
        stretch,
        article_id AS home_id,
        version
    FROM stretched
    WHERE place = 0
)

SELECT
    stretched.record_id,
    homes.home_id AS article_id,
    homes.version::INTEGER AS version,
    CASE
        WHEN NOT stretched.changed OR accepted.article_id IS NULL THEN 'duplicate'
        WHEN accepted.version = 1 THEN 'loaded'
        ELSE 'new_version'
    END AS fate
FROM stretched
INNER JOIN homes USING (article_id, stretch)
LEFT JOIN accepted USING (article_id, stretch)
WHERE stretched.place > 0
UNION ALL
SELECT
    record_id,
    article_id,
    version,
    'unchanged' AS fate
FROM unchanged
UNION ALL
SELECT
    record_id,
    article_id,
    version,
    'still_duplicate' AS fate
FROM still_duplicate;
