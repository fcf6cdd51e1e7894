CREATE DATABASE IF NOT EXISTS birds_and_bins WITH DBPROPERTIES ('course' = 'birds-and-bins')

DROP TABLE IF EXISTS bins_raw

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
LOCATION 's3://lake/raw/bins/metadata/'

SELECT count(*) AS rows FROM bins_raw
--# rows
--> 6

DROP TABLE IF EXISTS bins

CREATE TABLE bins WITH (
  format = 'PARQUET', write_compression = 'SNAPPY',
  external_location = 's3://lake/tables/bins/',
  bucketed_by = ARRAY['id'], bucket_count = 21
) AS 
SELECT regexp_extract("$path", '([^/]+)\.json$', 1) AS id,
       CAST(expected_quantity AS varchar) AS label, expected_quantity AS quantity,
       CAST(expected_quantity AS varchar)
         || CASE WHEN expected_quantity = 1 THEN ' item' ELSE ' items' END AS class_name,
       cardinality(bin_fcsku_data) AS kinds, map_values(bin_fcsku_data) AS items
FROM bins_raw
--# rows

SELECT count(*) AS rows FROM bins
--# rows
--> 6

SELECT label, count(*) AS samples FROM (
SELECT regexp_extract("$path", '([^/]+)\.json$', 1) AS id,
       CAST(expected_quantity AS varchar) AS label, expected_quantity AS quantity,
       CAST(expected_quantity AS varchar)
         || CASE WHEN expected_quantity = 1 THEN ' item' ELSE ' items' END AS class_name,
       cardinality(bin_fcsku_data) AS kinds, map_values(bin_fcsku_data) AS items
FROM bins_raw
) GROUP BY label
--# label | samples
--> 1 | 1
--> 0 | 1
--> 6 | 1
--> 3 | 3

SELECT label, count(*) AS samples FROM bins GROUP BY label
--# label | samples
--> 1 | 1
--> 0 | 1
--> 6 | 1
--> 3 | 3

SELECT label, max(class_name) AS name, count(*) AS samples,
           round(count(*) * 1e0 / sum(count(*)) OVER (), 3) AS share
    FROM bins GROUP BY label ORDER BY samples DESC, label
--# label | name | samples | share
--> 3 | 3 items | 3 | 0.5
--> 0 | 0 items | 1 | 0.167
--> 1 | 1 item | 1 | 0.167
--> 6 | 6 items | 1 | 0.167

SELECT height.value AS height, length.value AS length, width.value AS width,
       weight.value AS weight
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
WHERE weight.value > 0
--# height | length | width | weight
--> 4.500000000000000000 | 7.500000000000000000 | 3.000000000000000000 | 1.250000000000000000
--> 120.250000000000000000 | 7.500000000000000000 | 3.000000000000000000 | 30.500000000000000000
--> 4.500000000000000000 | 7.500000000000000000 | 3.000000000000000000 | 1.250000000000000000
--> 4.500000000000000000 | 7.500000000000000000 | 3.000000000000000000 | 1.250000000000000000

SELECT bins, count(*) AS items FROM (
  SELECT asin, count(*) AS bins
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
  GROUP BY asin
) GROUP BY bins ORDER BY bins
--# bins | items
--> 1 | 1
--> 3 | 2

SELECT field, missing FROM (
  SELECT avg(CASE WHEN height.value IS NULL THEN 1e0 ELSE 0e0 END) AS height,
         avg(CASE WHEN weight.value IS NULL THEN 1e0 ELSE 0e0 END) AS weight,
         avg(CASE WHEN name IS NULL OR name = '' THEN 1e0 ELSE 0e0 END) AS name
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
  HAVING count(*) > 0
) CROSS JOIN UNNEST(ARRAY['height', 'weight', 'name'], ARRAY[height, weight, name])
  AS t (field, missing)
--# field | missing
--> name | 0.14285714285714285
--> weight | 0.42857142857142855
--> height | 0.0

SELECT kinds, count(*) AS bins FROM bins GROUP BY kinds ORDER BY kinds
--# kinds | bins
--> 0 | 1
--> 1 | 3
--> 2 | 2

SELECT item_quantity AS units, count(*) AS items
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)
GROUP BY item_quantity ORDER BY units
--# units | items
--> 1 | 3
--> 2 | 2
--> 3 | 1
--> 6 | 1

SELECT kinds, quantity, count(*) AS bins FROM bins GROUP BY kinds, quantity ORDER BY 1, 2
--# kinds | quantity | bins
--> 0 | 0 | 1
--> 1 | 1 | 1
--> 1 | 3 | 1
--> 1 | 6 | 1
--> 2 | 3 | 2

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
ORDER BY in_common
--# in_common | bins
--> items | 2
--> items and quantities | 2

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
FROM counts ORDER BY samples DESC, label
--# label | samples | share | related | leaked | weight
--> 3 | 3 | 0.6 | 1.0 | 0.91 | 0.556
--> 0 | 1 | 0.2 | 0.0 | 0.0 | 1.667
--> 1 | 1 | 0.2 | 0.0 | 0.0 | 1.667
