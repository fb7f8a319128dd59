-- What of a line is looked at for memory? Of one of over 4,000 characters its ends.
CREATE OR REPLACE TEMP MACRO ends_of(text) AS if(length(text) > 4000, left(text, 2000) || right(text, 2000), text);

-- How many characters is a row of articles, about?
CREATE OR REPLACE TEMP MACRO weight_of(raw_chars, title, deck, authors, tags) AS (
    500
    + raw_chars
    + coalesce(length(title), 0)
    + coalesce(length(deck), 0)
    + length(array_to_string(authors, ' '))
    + length(array_to_string(tags, ' '))
);
