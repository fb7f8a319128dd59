-- Between which rows of the ledger do about so many characters stand? One row per stretch.
SELECT
    min(first_place) AS first_place,
    max(last_place) AS last_place
FROM (
    SELECT
        min(rowid) AS first_place,
        max(rowid) AS last_place,
        sum(sum(100 + "end" - start)) OVER (ORDER BY rowid // 64 ROWS UNBOUNDED PRECEDING) // $piece_chars AS stretch
    FROM news.lines
    GROUP BY rowid // 64
) AS sixty_fours
GROUP BY stretch
ORDER BY stretch;
