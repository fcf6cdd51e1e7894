-- What notebooks/02_eda_athena.ipynb sends to Athena for the birds, in its order.
-- Replace your-bucket by your bucket and choose the database birds_and_bins before you paste a statement
-- that names none. Titles by `python -m tools.athena_sql`.

-- A database, with the course's tag
CREATE DATABASE IF NOT EXISTS birds_and_bins WITH DBPROPERTIES ('course' = 'birds-and-bins');

-- A table of an earlier run goes; its files stay
DROP TABLE IF EXISTS birds_raw;

-- A table over the JSON files as they are
CREATE EXTERNAL TABLE IF NOT EXISTS `birds_and_bins`.`birds_raw` (
  `id` string,
  `primary_label` string,
  `secondary_labels` array<string>,
  `type` array<string>,
  `latitude` double,
  `longitude` double,
  `scientific_name` string,
  `common_name` string,
  `author` string,
  `license` string,
  `rating` double,
  `url` string,
  `filename` string,
  `recorded_on` string,
  `recorded_at` string,
  `seconds` double
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://your-bucket/raw/birds/metadata/';

-- How many rows?
SELECT count(*) AS rows FROM birds_raw;

-- A table of an earlier run goes; its files stay
DROP TABLE IF EXISTS birds;

-- A row for each sample, in 21 Parquet files
CREATE TABLE birds WITH (
  format = 'PARQUET', write_compression = 'SNAPPY',
  external_location = 's3://your-bucket/tables/birds/',
  bucketed_by = ARRAY['id'], bucket_count = 21
) AS
SELECT id, primary_label AS label,
       coalesce(nullif(nullif(common_name, ''), primary_label) || ' (' || primary_label || ')',
                primary_label) AS class_name, author, rating, latitude, longitude, seconds,
       secondary_labels, type AS sound_type, recorded_on, recorded_at
FROM birds_raw;

-- How many rows?
SELECT count(*) AS rows FROM birds;

-- How many samples has each class?
SELECT label, count(*) AS samples FROM (
SELECT id, primary_label AS label,
       coalesce(nullif(nullif(common_name, ''), primary_label) || ' (' || primary_label || ')',
                primary_label) AS class_name, author, rating, latitude, longitude, seconds,
       secondary_labels, type AS sound_type, recorded_on, recorded_at
FROM birds_raw
) GROUP BY label;

-- How many samples has each class?
SELECT label, count(*) AS samples FROM birds GROUP BY label;

-- How many samples has each class?
SELECT label, max(class_name) AS name, count(*) AS samples,
           round(count(*) * 1e0 / sum(count(*)) OVER (), 3) AS share
    FROM birds GROUP BY label ORDER BY samples DESC, label;

-- Where?
SELECT label, latitude, longitude FROM birds
WHERE latitude IS NOT NULL AND longitude IS NOT NULL
ORDER BY label, id;

-- By how many people?
SELECT label, sum(made) AS recordings, count(*) AS recordists,
       max(made) * 1e0 / sum(made) AS largest_share
FROM (SELECT label, count(*) AS made FROM birds WHERE author <> '' GROUP BY label, lower(author))
GROUP BY label ORDER BY recordings, label;

-- How good?
SELECT rating, count(*) AS recordings FROM birds GROUP BY rating ORDER BY rating;

-- At what hour?
SELECT label, CAST(substr(recorded_at, 1, 2) AS integer) AS hour, count(*) AS recordings
FROM birds WHERE recorded_at IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2;

-- In which season?
SELECT label, month(CAST(recorded_on AS date)) AS month, count(*) AS recordings
FROM birds WHERE recorded_on IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2;

-- With which others?
SELECT label, other, count(*) AS recordings
FROM birds CROSS JOIN UNNEST(secondary_labels) AS t (other)
GROUP BY label, other ORDER BY label, other;

-- Uploaded twice?
WITH moments AS (
  SELECT count(*) AS n, count(DISTINCT lower(author)) AS authors FROM birds
  WHERE recorded_on IS NOT NULL AND seconds IS NOT NULL
  GROUP BY label, recorded_on, recorded_at, seconds HAVING count(*) > 1
), places AS (
  SELECT count(*) AS n FROM birds WHERE latitude IS NOT NULL AND author <> ''
  GROUP BY label, lower(author), latitude, longitude HAVING count(*) > 1
)
SELECT 'day, time, length' AS in_common, coalesce(sum(n), 0) AS recordings FROM moments
UNION ALL
SELECT 'day, time, length; two recordists', coalesce(sum(n), 0) FROM moments WHERE authors > 1
UNION ALL
SELECT 'recordist and place', coalesce(sum(n), 0) FROM places
ORDER BY in_common;

-- The leak of a random split, and the class weights
WITH related AS (SELECT label, CASE WHEN author = '' THEN 0
                   ELSE count(*) OVER (PARTITION BY lower(author)) - 1 END AS related_samples
FROM birds),
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
