-- The private state database: what is known of raw files and records. newsmill rebuild can make it anew.
CREATE TABLE IF NOT EXISTS files (
    raw_path VARCHAR NOT NULL,
    size BIGINT,
    mtime_ns BIGINT,
    inode UBIGINT,
    sha256 VARCHAR,
    mapping_sha256 VARCHAR,
    articles BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    skipped BIGINT DEFAULT 0
);

-- A state database of before there was such a count.
ALTER TABLE files ADD COLUMN IF NOT EXISTS skipped BIGINT DEFAULT 0;

CREATE TABLE IF NOT EXISTS versions (
    article_id UUID NOT NULL,
    version INTEGER NOT NULL,
    record_id UUID NOT NULL,
    raw_path VARCHAR NOT NULL,
    content_hash UUID NOT NULL,
    title VARCHAR,
    source_key VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS batches (
    table_name VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL
);

-- How is a record identified? As newsmill.identity.record_id does it.
CREATE OR REPLACE MACRO record_id_of(raw_path, record) AS left(sha256(raw_path || chr(10) || record), 32)::UUID;

-- What is a duplicate a duplicate within? The outlet, or where that is not known the top folder of its file.
CREATE OR REPLACE MACRO source_key_of(outlet_domain, outlet, raw_path) AS coalesce(
    outlet_domain,
    'name:' || outlet,
    'folder:' || if(contains(raw_path, '/'), split_part(raw_path, '/', 1), '')
);

-- Memory: which story each record is.
CREATE TABLE IF NOT EXISTS readings (
    record_id UUID NOT NULL,
    source_key VARCHAR NOT NULL,
    story UINTEGER NOT NULL
);

-- Memory: where each line that could be furniture was seen. Of one line so many sightings are kept as sql/memory/ says.
CREATE TABLE IF NOT EXISTS sightings (
    source_key VARCHAR NOT NULL,
    said_hash UBIGINT NOT NULL,
    place VARCHAR NOT NULL,
    record_id UUID NOT NULL,
    story UINTEGER NOT NULL,
    opening UINTEGER NOT NULL,
    apart UTINYINT NOT NULL,
    is_sentence BOOLEAN NOT NULL,
    is_cut BOOLEAN NOT NULL,
    published_at TIMESTAMPTZ
);

-- What does a line say, without white space and invisible characters around it? (trim() takes three times as long.)
CREATE OR REPLACE MACRO said_in(text) AS regexp_replace(
    text,
    '^[\s\x85\p{Z}\x{200B}\x{2060}\x{FEFF}\x{AD}]+|[\s\x85\p{Z}\x{200B}\x{2060}\x{FEFF}\x{AD}]+$',
    '',
    'g'
);
