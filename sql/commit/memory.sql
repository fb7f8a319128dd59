-- Memory after this run: what it was before, with what this run saw in the place of what the same records said then.
DELETE FROM sightings
WHERE (source_key, said_hash, place) IN (SELECT (source_key, said_hash, place) FROM learning.weighed);

INSERT INTO sightings BY NAME FROM learning.sightings_then;

DELETE FROM readings
WHERE record_id IN (SELECT record_id FROM learning.readings_now);

INSERT INTO readings BY NAME FROM learning.readings_now;

DELETE FROM learned;

INSERT INTO learned BY NAME
SELECT *
FROM learning.learned_now
ORDER BY source_key, place, line;
