-- Between which rows do the replaced ones stand, of about so many characters? One row per stretch.
SELECT
    min(place) AS first_place,
    max(place) AS last_place
FROM (
    SELECT
        rowid AS place,
        sum(weight_of(raw_chars, title, deck, authors, tags)) OVER (ORDER BY rowid ROWS UNBOUNDED PRECEDING)
        // $piece_chars AS stretch
    FROM articles
    WHERE article_id IN (FROM replaced)
) AS weighed
GROUP BY stretch
ORDER BY stretch;
