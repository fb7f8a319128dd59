-- Has news tables of which any 2,048 rows, one after the other, may hold more than so many characters? One row.
SELECT
    coalesce(greatest(
        (SELECT max(chars) FROM (SELECT sum(raw_chars) AS chars FROM articles GROUP BY rowid // 2048) AS vectors),
        (SELECT max(chars) FROM (SELECT sum(raw_chars) AS chars FROM superseded GROUP BY rowid // 2048) AS vectors),
        (SELECT max(chars) FROM (SELECT sum("end" - start) AS chars FROM lines GROUP BY rowid // 2048) AS vectors)
    ) > $most_chars, FALSE) AS has_long_texts;
