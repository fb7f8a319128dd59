-- Which lines has newsmill learned to be an outlet's furniture, and from how many stories?
-- one row per outlet, line and place
SELECT
    regexp_replace(learned.source_key, '^(name|folder):', '') AS outlet,
    learned.place,
    learned.line,
    learned.support,
    round(learned.share, 4) AS share,
    learned.first_published,
    learned.last_published,
    learned.example_id
FROM learned
ORDER BY outlet, learned.support DESC, learned.place, learned.line;
