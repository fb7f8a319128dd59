-- A duplicate that would be an article of its own, by what memory alone says, stays what it is: its fields are not
-- stored. It is one when its file is read again.
DELETE FROM decided
WHERE fate = 'loaded' AND record_id IN (SELECT record_id FROM read_now WHERE NOT is_cleaned);
