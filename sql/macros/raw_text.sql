-- What was the decoded raw text of an article, character for character?
CREATE OR REPLACE MACRO raw_text(id, v) AS (
    SELECT string_agg(ledger_text, '' ORDER BY ledger_line)
    -- The columns of lines have other names here, lest an argument of the same name be taken for them.
    FROM (
        SELECT
            article_id AS ledger_article,
            version AS ledger_version,
            line AS ledger_line,
            text AS ledger_text
        FROM lines
    ) AS ledger
    WHERE ledger_article = id AND ledger_version = v
);
