-- What was the decoded raw text of an article, character for character?
CREATE OR REPLACE MACRO raw_text(id, v) AS (
    SELECT string_agg(text, '' ORDER BY line)
    FROM lines
    WHERE article_id = id AND version = v
);
