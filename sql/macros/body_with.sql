-- What would an article's body be if the cuts of one rule were undone?
CREATE OR REPLACE MACRO body_with(id, v, undone_rule) AS (
    SELECT string_agg(trim(text, E' \t\r\n' || chr(160)), E'\n\n' ORDER BY line)
    FROM lines
    WHERE article_id = id AND version = v AND (fate IN ('body', 'subhead') OR rule = undone_rule)
);
