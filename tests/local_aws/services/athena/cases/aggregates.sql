SELECT count(*), count(rating), count(DISTINCT label), sum(seconds), min(seconds), max(seconds), avg(seconds) FROM recordings
--: bigint | bigint | bigint | bigint | integer | integer | double
--> 5 | 4 | 3 | 127 | 7 | 60 | 25.4

SELECT approx_distinct(label), approx_percentile(seconds, 0.5) FROM recordings
--: bigint | integer
--> 3 | 18

SELECT approx_percentile(seconds, ARRAY[0.0, 0.5, 1.0]) FROM recordings
--: array
--> [7, 18, 60]

SELECT count_if(rating >= 3), bool_and(seconds > 5), bool_or(seconds > 100), every(seconds > 10) FROM recordings
--: bigint | boolean | boolean | boolean
--> 3 | true | false | false

SELECT max_by(id, seconds), min_by(id, seconds), max(seconds, 2) FROM recordings
--> XC4 | XC3 | [60, 30]

SELECT array_agg(id ORDER BY seconds) FROM recordings
--> [XC3, XC1, XC5, XC2, XC4]

SELECT array_agg(DISTINCT label ORDER BY label) FROM recordings
--> [owl, robin, wren]

SELECT listagg(id, ', ') WITHIN GROUP (ORDER BY id DESC) FROM recordings
--> XC5, XC4, XC3, XC2, XC1

SELECT histogram(label) FROM recordings WHERE recordist = 'Ann'
--: map
--> {robin=1, wren=1}

SELECT map_agg(id, seconds) FROM recordings WHERE recordist = 'Cy'
--> {XC4=60}

SELECT multimap_agg(label, id) FROM recordings WHERE label = 'robin'
--> {robin=[XC1, XC2]}

SELECT stddev(x), variance(x), stddev_pop(x), var_pop(x) FROM (VALUES 2e0, 4e0, 4e0, 4e0, 5e0, 5e0, 7e0, 9e0) t(x)
--> 2.138089935299395 | 4.571428571428571 | 2.0 | 4.0

SELECT corr(x, y), regr_slope(y, x), regr_intercept(y, x) FROM (VALUES (1e0, 3e0), (2e0, 5e0), (3e0, 7e0)) t(x, y)
--> 1.0 | 2.0 | 1.0

SELECT geometric_mean(x) FROM (VALUES 1e0, 4e0) t(x)
--> 2.0

SELECT sum(x), avg(x) FROM (VALUES DECIMAL '1.25', DECIMAL '2.50') t(x)
--: decimal | decimal
--> 3.75 | 1.88

SELECT sum(x), avg(x) FROM (VALUES 1.25, 2.50) t(x)
--: double | double
--> 3.75 | 1.875

SELECT arbitrary(label) FROM recordings WHERE label = 'owl'
--> owl

SELECT bitwise_or_agg(x), bitwise_and_agg(x) FROM (VALUES 1, 3) t(x)
--> 3 | 1

SELECT sum(seconds) FROM recordings WHERE id = 'none'
--> NULL

SELECT count(*) FROM recordings WHERE secondary IS NULL OR cardinality(secondary) = 0
--> 2

SELECT label, CAST(sum(count(*)) OVER () AS double) / (count(*) OVER () * count(*)) AS weight FROM recordings GROUP BY label ORDER BY label
--> owl | 1.6666666666666667
--> robin | 0.8333333333333334
--> wren | 0.8333333333333334

SELECT label, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent FROM recordings GROUP BY label ORDER BY percent DESC, label
--: varchar | double
--> robin | 40.0
--> wren | 40.0
--> owl | 20.0

SELECT count(DISTINCT (label, recordist)) FROM recordings
--> 5

SELECT sum(CASE WHEN rating > 3 THEN 1 ELSE 0 END) * 1.0 / count(*) FROM recordings
--: double
--> 0.4
