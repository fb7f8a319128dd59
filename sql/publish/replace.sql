-- What is replaced, or comes in again, leaves articles.
DELETE FROM articles
WHERE article_id IN (SELECT article_id FROM incoming);
