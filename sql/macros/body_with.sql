-- What would an article's body be if the cuts of one rule were undone?
CREATE OR REPLACE MACRO body_with(id, v, undone_rule) AS (
    SELECT string_agg(trim(ledger_text, E' \t\r\n' || chr(160)), E'\n\n' ORDER BY ledger_line)
    -- The columns of lines have other names here, lest an argument of the same name be taken for them.
    FROM (
        SELECT
            article_id AS ledger_article,
            version AS ledger_version,
            line AS ledger_line,
            text AS ledger_text,
            fate AS ledger_fate,
            rule AS ledger_rule
        FROM lines
    ) AS ledger
    WHERE
        ledger_article = id
        AND ledger_version = v
        AND (ledger_fate IN ('body', 'subhead') OR ledger_rule = undone_rule)
);
