-- Between which rows of articles do about so many characters stand? One row per stretch.
SELECT
    min(place) AS first_place,
    max(place) AS last_place
FROM (
    SELECT
        rowid AS place,
        sum(weight_of(raw_chars, title, deck, authors, tags)) OVER (ORDER BY rowid ROWS UNBOUNDED PRECEDING)
        // $piece_chars AS stretch
    FROM news.articles
) AS weighed
GROUP BY stretch
ORDER BY stretch;
