SHOW DATABASES
--# database_name
--> birds

SHOW DATABASES LIKE 'x*'

SHOW TABLES 'or*'
--# tab_name
--> orcs

SHOW TABLES IN birds 'p*s|recordings'
--> parts
--> recordings

SHOW VIEWS
--> loud

SHOW COLUMNS IN species
--# field
--> label
--> name
--> family
--> weight

SHOW PARTITIONS parts
--# partition
--> year=2023/site=marsh
--> year=2023/site=wood
--> year=2024/site=marsh

SELECT id, year, site FROM parts ORDER BY id
--: integer | integer | varchar
--> 1 | 2023 | marsh
--> 2 | 2023 | wood
--> 3 | 2024 | marsh

SELECT id FROM parts WHERE year = 2023 AND site = 'wood'
--> 2

SELECT year, count(*) FROM parts GROUP BY year ORDER BY year
--> 2023 | 2
--> 2024 | 1

SELECT * FROM parts WHERE note = 'n3'
--# id | note | year | site
--> 3 | n3 | 2024 | marsh

SELECT id, day FROM projected ORDER BY id
--> 1 | 2024-01-01
--> 3 | 2024-01-03

SELECT id FROM projected WHERE day > '2024-01-02'
--> 3

DESCRIBE parts
--# col_name | data_type | comment
--> id                  	int
--> note                	string
--> year                	int
--> site                	string
--> 
--> # Partition Information
--> # col_name          	data_type           	comment
--> 
--> year                	int
--> site                	string

SHOW CREATE VIEW loud
--> CREATE VIEW "birds"."loud" AS
--> SELECT label, count(*) AS n FROM recordings GROUP BY label

SHOW TBLPROPERTIES species('skip.header.line.count')
--> 1

SELECT label, seconds FROM columnar ORDER BY id LIMIT 2
--> robin | 12
--> robin | 30

SELECT tags, secondary FROM columnar WHERE id = 'XC3'
--> {} | [robin, owl]

SELECT label, sum(seconds) FROM orcs WHERE label <> 'owl' GROUP BY label ORDER BY label
--> robin | 42
--> wren | 25

SELECT site, birds FROM visits ORDER BY birds NULLS FIRST, site
--> wood | NULL
--> wood | 4
--> marsh | 12

SELECT count(*) FROM visits WHERE day IS NULL
--> 1

SELECT table_name FROM information_schema.tables WHERE table_schema = 'birds' AND table_type = 'VIEW'
--> loud

SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'parts' ORDER BY ordinal_position
--> id | int
--> note | string
--> year | int
--> site | string

CREATE TABLE short WITH (format='JSON', write_compression='NONE') AS SELECT id, seconds FROM recordings WHERE seconds < 15
--# rows

SELECT id, seconds FROM short ORDER BY id
--> XC1 | 12
--> XC3 | 7

INSERT INTO short VALUES ('XC9', 1)
--# rows

INSERT INTO short (id) SELECT 'XC8'
--# rows

SELECT id, seconds FROM short ORDER BY id
--> XC1 | 12
--> XC3 | 7
--> XC8 | NULL
--> XC9 | 1

INSERT INTO short VALUES (1, 'x')
--! TYPE_MISMATCH: line 1:19: Insert query has mismatched column types

INSERT INTO short VALUES ('a')
--! TYPE_MISMATCH: line 1:19: Insert query has mismatched column types

CREATE TABLE short AS SELECT 1 AS x
--! TABLE_ALREADY_EXISTS: Destination table 'awsdatacatalog.birds.short' already exists

CREATE TABLE IF NOT EXISTS short AS SELECT 1 AS x
--# rows

CREATE TABLE unnamed AS SELECT count(*) FROM recordings
--! MISSING_COLUMN_NAME: Column name not specified at position 1

CREATE TABLE zoned AS SELECT now() AS t
--! NOT_SUPPORTED: Unsupported Hive type: timestamp(3) with time zone

CREATE TABLE misplaced WITH (partitioned_by = ARRAY['id']) AS SELECT id, label FROM recordings
--! HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns

CREATE TABLE many WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS x, p FROM UNNEST(sequence(1, 101)) AS t (p)
--! HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets

CREATE TABLE oddly WITH (shape = 'round') AS SELECT 1 AS x
--! INVALID_TABLE_PROPERTY: Catalog 'awsdatacatalog' table property 'shape' does not exist

CREATE TABLE taken WITH (external_location = 's3://lake/species/') AS SELECT 1 AS x
--! HIVE_PATH_ALREADY_EXISTS: Target directory for table 'birds.taken' already exists: s3://lake/species/

CREATE TABLE lines WITH (format='TEXTFILE', field_delimiter=',') AS SELECT id, secondary, tags FROM recordings
--# rows

SELECT id, secondary, tags FROM lines WHERE id IN ('XC3', 'XC4') ORDER BY id
--> XC3 | [robin, owl] | {}
--> XC4 | NULL | {type=song}

CREATE TABLE wide AS SELECT CAST(120.25 AS decimal(20, 14)) AS h, CAST(1e0 AS real) AS r, DATE '2024-01-01' AS d, TIMESTAMP '2024-01-01 01:02:03' AS t, true AS b, X'41' AS v, CAST(ROW(1, 'x') AS ROW(n integer, s varchar)) AS s
--# rows

SELECT * FROM wide
--# h | r | d | t | b | v | s
--: decimal | float | date | timestamp | boolean | varbinary | row
--> 120.25000000000000 | 1.0 | 2024-01-01 | 2024-01-01 01:02:03.000 | true | 41 | {n=1, s=x}

CREATE TABLE spread WITH (format='ORC', partitioned_by=ARRAY['label', 'year']) AS SELECT id, label, year(recorded) AS year FROM recordings
--# rows

SHOW PARTITIONS spread
--> label=owl/year=2022
--> label=robin/year=2021
--> label=wren/year=2020
--> label=wren/year=2021

SELECT id, year FROM spread WHERE year = 2020
--: varchar | bigint
--> XC3 | 2020

INSERT INTO spread VALUES ('XC7', 'owl', 2024)
--# rows

SELECT id FROM spread WHERE label = 'owl' ORDER BY id
--> XC4
--> XC7

CREATE OR REPLACE VIEW quiet AS SELECT id, seconds * 2 AS twice FROM recordings WHERE seconds < 15

SELECT q.id, q.twice FROM quiet q ORDER BY 1
--> XC1 | 24
--> XC3 | 14

CREATE VIEW quiet AS SELECT 1 AS x
--! TABLE_ALREADY_EXISTS: View 'awsdatacatalog.birds.quiet' already exists

DROP VIEW quiet

DROP VIEW quiet
--! TABLE_NOT_FOUND: View 'awsdatacatalog.birds.quiet' does not exist

PREPARE longer FROM SELECT id FROM recordings WHERE seconds > ? AND label = ?

EXECUTE longer USING 10, 'robin'
--> XC1
--> XC2

DEALLOCATE PREPARE longer

UNLOAD (SELECT id, label FROM recordings) TO 's3://lake/unloaded/' WITH (format = 'PARQUET', compression = 'SNAPPY')
--# rows

UNLOAD (SELECT id FROM recordings) TO 's3://lake/unloaded/' WITH (format = 'JSON')
--! HIVE_PATH_ALREADY_EXISTS: Target directory for UNLOAD already exists

ALTER TABLE parts ADD PARTITION (year = 2025, site = 'wood') LOCATION 's3://lake/parts/year=2024/site=marsh/'

SELECT id, year FROM parts WHERE year = 2025
--> 3 | 2025

ALTER TABLE parts ADD PARTITION (year = 2025, site = 'wood')
--! FAILED: Execution Error, return code 1

ALTER TABLE parts DROP PARTITION (year = 2025, site = 'wood')

ALTER TABLE parts ADD PARTITION (`year` = 2026, `site` = 'wood') LOCATION 's3://lake/parts/year=2024/site=marsh/'

SELECT year, site FROM "parts$partitions" WHERE year > 2024
--> 2026 | wood

ALTER TABLE parts PARTITION (year = 2026, site = 'wood') RENAME TO PARTITION (year = 2027, site = 'a/b')

ALTER TABLE parts PARTITION (year = 2026, site = 'wood') SET LOCATION 's3://lake/nothing/'
--! FAILED: Execution Error, return code 1

SELECT id, site FROM parts WHERE year = 2027
--> 3 | a/b

ALTER TABLE parts PARTITION (year = 2027, site = 'a/b') SET LOCATION 's3://lake/nothing/'

SELECT count(*) FROM parts WHERE year = 2027
--> 0

ALTER TABLE parts DROP PARTITION (year = 2027, site = 'a/b')

SELECT * FROM "recordings$partitions"
--! TABLE_NOT_FOUND

ALTER TABLE parts ADD COLUMNS (extra string)

SELECT id, extra FROM parts WHERE id = 1
--> 1 | NULL

CREATE EXTERNAL TABLE recordings (a int) LOCATION 's3://lake/x/'
--! FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException(message:Table recordings already exists)

CREATE EXTERNAL TABLE strange (a text) LOCATION 's3://lake/x/'
--! Error: type expected but 'text' is found.

CREATE EXTERNAL TABLE nowhere (a int)
--! FAILED: SemanticException No Location specified for table

CREATE TABLE plain (a int) LOCATION 's3://lake/x/'
--! FAILED: SemanticException Only external table creation is supported

DROP TABLE nowhere
--! FAILED: SemanticException Table not found: birds.nowhere

DROP TABLE IF EXISTS nowhere

DROP TABLE short

CREATE DATABASE bees COMMENT 'other' LOCATION 's3://lake/bees/'

CREATE DATABASE bees
--! FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Database bees already exists

CREATE TABLE bees.hive WITH (format = 'PARQUET') AS SELECT 1 AS x
--# rows

SELECT x FROM bees.hive
--> 1

DROP DATABASE bees
--! FAILED: Execution Error, return code 1

DROP DATABASE bees CASCADE

EXPLAIN (TYPE VALIDATE) SELECT id FROM recordings
--> true

SELECT some_name, n FROM mixed ORDER BY n
--> x | 1.0
--> y | 2.5
--> NULL | NULL

CREATE TABLE odd_folders WITH (format = 'PARQUET', partitioned_by = ARRAY['site']) AS SELECT * FROM (VALUES (1, 'a/b:c'), (2, 'Grünfink 100%'), (3, NULL)) AS t(id, site)
--# rows

SELECT id, site FROM odd_folders ORDER BY id
--> 1 | a/b:c
--> 2 | Grünfink 100%
--> 3 | NULL

SELECT id FROM odd_folders WHERE site IS NULL
--> 3

SELECT id FROM odd_folders WHERE site = 'a/b:c'
--> 1

SELECT site FROM "odd_folders$partitions" WHERE site IS NULL
--> NULL

ALTER TABLE odd_folders DROP PARTITION (site = 'a/b:c'), PARTITION (site = 'Grünfink 100%')

MSCK REPAIR TABLE odd_folders
--> Partitions not in metastore:	odd_folders:site=Grünfink 100%25	odd_folders:site=a%2Fb%3Ac
--> Repair: Added partition to metastore birds.odd_folders:site=Grünfink 100%25
--> Repair: Added partition to metastore birds.odd_folders:site=a%2Fb%3Ac

SELECT id, site FROM odd_folders WHERE site IS NOT NULL ORDER BY id
--> 1 | a/b:c
--> 2 | Grünfink 100%
