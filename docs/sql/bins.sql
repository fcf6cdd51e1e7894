-- What notebooks/02_eda_athena.ipynb sends to Athena for the bins, in its order.
-- Replace your-bucket by your bucket and choose the database birds_and_bins before you paste a statement
-- that names none. Titles by `python -m tools.athena_sql`.

-- A database, with the course's tag
CREATE DATABASE IF NOT EXISTS birds_and_bins WITH DBPROPERTIES ('course' = 'birds-and-bins');

-- A table of an earlier run goes; its files stay
DROP TABLE IF EXISTS bins_raw;

-- A table over the JSON files as they are
CREATE EXTERNAL TABLE `birds_and_bins`.`bins_raw` (
  `bin_fcsku_data` map<string, struct<
    asin: string,
    name: string,
    normalizedname: string,
    quantity: int,
    height: struct<unit: string, value: decimal(38,18)>,
    length: struct<unit: string, value: decimal(38,18)>,
    width: struct<unit: string, value: decimal(38,18)>,
    weight: struct<unit: string, value: decimal(38,18)>>>,
  `expected_quantity` int
)
ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'
STORED AS ION
LOCATION 's3://your-bucket/raw/bins/metadata/';

-- How many rows?
SELECT count(*) AS rows FROM bins_raw;

-- A table of an earlier run goes; its files stay
DROP TABLE IF EXISTS bins;

-- A row for each sample, in 21 Parquet files
CREATE TABLE bins WITH (
  format = 'PARQUET', write_compression = 'SNAPPY',
  external_location = 's3://your-bucket/tables/bins/',
  bucketed_by = ARRAY['id'], bucket_count = 21
) AS
SELECT regexp_extract("$path", '([^/]+)\.json$', 1) AS id,
       CAST(expected_quantity AS varchar) AS label, expected_quantity AS quantity,
       CAST(expected_quantity AS varchar)
         || CASE WHEN expected_quantity = 1 THEN ' item' ELSE ' items' END AS class_name,
       cardinality(bin_fcsku_data) AS kinds, map_values(bin_fcsku_data) AS items
FROM bins_raw;

-- How many rows?
SELECT count(*) AS rows FROM bins;

-- How many samples has each class?
SELECT label, count(*) AS samples FROM (
SELECT regexp_extract("$path", '([^/]+)\.json$', 1) AS id,
       CAST(expected_quantity AS varchar) AS label, expected_quantity AS quantity,
       CAST(expected_quantity AS varchar)
         || CASE WHEN expected_quantity = 1 THEN ' item' ELSE ' items' END AS class_name,
       cardinality(bin_fcsku_data) AS kinds, map_values(bin_fcsku_data) AS items
FROM bins_raw
) GROUP BY label;

-- How many samples has each class?
SELECT label, count(*) AS samples FROM bins GROUP BY label;

-- How many samples has each class?
SELECT label, max(class_name) AS name, count(*) AS samples,
           round(count(*) * 1e0 / sum(count(*)) OVER (), 3) AS share
    FROM bins GROUP BY label ORDER BY samples DESC, label;

-- How large, how heavy?
SELECT height.value AS height, length.value AS length, width.value AS width,
       weight.value AS weight
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
WHERE weight.value > 0;

-- In how many bins is an item?
SELECT bins, count(*) AS items FROM (
  SELECT asin, count(*) AS bins
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
  GROUP BY asin
) GROUP BY bins ORDER BY bins;

-- What is missing?
SELECT field, missing FROM (
  SELECT avg(CASE WHEN height.value IS NULL THEN 1e0 ELSE 0e0 END) AS height,
         avg(CASE WHEN weight.value IS NULL THEN 1e0 ELSE 0e0 END) AS weight,
         avg(CASE WHEN name IS NULL OR name = '' THEN 1e0 ELSE 0e0 END) AS name
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
  HAVING count(*) > 0
) CROSS JOIN UNNEST(ARRAY['height', 'weight', 'name'], ARRAY[height, weight, name])
  AS t (field, missing);

-- How many kinds?
SELECT kinds, count(*) AS bins FROM bins GROUP BY kinds ORDER BY kinds;

-- How many of each?
SELECT item_quantity AS units, count(*) AS items
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
GROUP BY item_quantity ORDER BY units;

-- Kinds and units?
SELECT kinds, quantity, count(*) AS bins FROM bins GROUP BY kinds, quantity ORDER BY 1, 2;

-- Filled alike?
WITH held AS (
  SELECT id, array_join(array_agg(asin ORDER BY asin), ' ') AS kinds,
         array_join(array_agg(asin || ':' || CAST(item_quantity AS varchar) ORDER BY asin), ' ')
           AS filling
  FROM bins CROSS JOIN UNNEST(items)
    AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
  GROUP BY id
)
SELECT 'items and quantities' AS in_common, coalesce(sum(n), 0) AS bins
FROM (SELECT count(*) AS n FROM held GROUP BY filling HAVING count(*) > 1)
UNION ALL
SELECT 'items', coalesce(sum(n), 0)
FROM (SELECT count(*) AS n FROM held GROUP BY kinds HAVING count(*) > 1)
ORDER BY in_common;

-- The leak of a random split, and the class weights
WITH related AS (WITH held AS (
  SELECT id, asin
  FROM bins CROSS JOIN UNNEST(items)
    AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
  WHERE quantity <= 5
)
SELECT bins.label, count(DISTINCT other.id) AS related_samples
FROM bins
LEFT JOIN held AS mine ON mine.id = bins.id
LEFT JOIN held AS other ON other.asin = mine.asin AND other.id <> mine.id
WHERE bins.quantity <= 5
GROUP BY bins.id, bins.label),
counts AS (
  SELECT label, count(*) AS samples,
         avg(CASE WHEN related_samples > 0 THEN 1e0 ELSE 0e0 END) AS related,
         avg(1 - power(3e-1, related_samples)) AS leaked
  FROM related GROUP BY label
)
SELECT label, samples, round(samples * 1e0 / sum(samples) OVER (), 3) AS share,
       round(related, 3) AS related, round(leaked, 3) AS leaked,
       round(sum(samples) OVER () * 1e0 / (count(*) OVER () * samples), 3) AS weight
FROM counts ORDER BY samples DESC, label;
