-- Split the largest table, the attributes of elements, into 32 partitions. Run as the role that owns
-- the tables, while API and worker are stopped; the rows are copied once. A second time is an error.
\set ON_ERROR_STOP on
BEGIN;
ALTER TABLE body RENAME TO body_whole;
ALTER TABLE body_whole RENAME CONSTRAINT pk_body TO pk_body_whole;
CREATE TABLE body (LIKE body_whole INCLUDING DEFAULTS INCLUDING STORAGE INCLUDING COMPRESSION)
    PARTITION BY HASH (id);
ALTER TABLE body ADD CONSTRAINT pk_body PRIMARY KEY (id);
SELECT format(
    'CREATE TABLE body_%s PARTITION OF body FOR VALUES WITH (MODULUS 32, REMAINDER %s)', n, n
) FROM generate_series(0, 31) AS n
\gexec
INSERT INTO body SELECT * FROM body_whole;
DROP TABLE body_whole;
COMMIT;
ANALYZE body;
