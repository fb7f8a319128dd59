-- What load and commit will need, in a file of its own: this connection ends before them.
-- Memory alone does not make an article into none: what nothing would be left of stays as it is.
CREATE TABLE learning.readings_now AS FROM readings_now;

CREATE TABLE learning.weighed AS FROM weighed;

CREATE TABLE learning.sightings_then AS FROM sightings_then;

CREATE TABLE learning.learned_now AS FROM learned_now;

-- Their bodies stay where they are.
CREATE TABLE learning.remade AS
SELECT * EXCLUDE (body)
FROM read_parquet($remade)
WHERE body <> '';

CREATE TABLE learning.remembered AS
SELECT remembered.*
FROM remembered
SEMI JOIN learning.remade USING (record_id);
