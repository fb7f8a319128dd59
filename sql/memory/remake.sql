-- Memory as it is after the runs that read all this: read_now, told and the rest are those of the whole warehouse.
INSERT INTO readings BY NAME FROM readings_now;

INSERT INTO sightings BY NAME
SELECT *
FROM sightings_now
QUALIFY row_number() OVER (PARTITION BY source_key, said_hash, place ORDER BY story, record_id) <= $cap;
