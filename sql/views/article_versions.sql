-- What did every version of every article say?
-- one row per article and version
SELECT * FROM articles
UNION ALL BY NAME
SELECT * FROM superseded;
