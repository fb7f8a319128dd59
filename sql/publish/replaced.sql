-- Which of the rows of a stretch are replaced?
SELECT *
FROM articles
WHERE rowid BETWEEN $first AND $last AND article_id IN (FROM replaced);
