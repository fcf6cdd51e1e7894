SELECT id, row_number() OVER (PARTITION BY label ORDER BY seconds DESC) AS place FROM recordings ORDER BY label, place
--# id | place
--: varchar | bigint
--> XC4 | 1
--> XC2 | 1
--> XC1 | 2
--> XC5 | 1
--> XC3 | 2

SELECT id, sum(seconds) OVER (ORDER BY id) AS running FROM recordings ORDER BY id
--: varchar | bigint
--> XC1 | 12
--> XC2 | 42
--> XC3 | 49
--> XC4 | 109
--> XC5 | 127

SELECT id, lag(seconds) OVER (ORDER BY id), lead(seconds, 1, 0) OVER (ORDER BY id) FROM recordings ORDER BY id
--> XC1 | NULL | 30
--> XC2 | 12 | 7
--> XC3 | 30 | 60
--> XC4 | 7 | 18
--> XC5 | 60 | 0

SELECT id, lag(rating) IGNORE NULLS OVER (ORDER BY id) FROM recordings WHERE id = 'XC5' OR id = 'XC4' OR id = 'XC3' ORDER BY id
--> XC3 | NULL
--> XC4 | 5.0
--> XC5 | 5.0

SELECT id, rank() OVER (ORDER BY recordist), dense_rank() OVER (ORDER BY recordist) FROM recordings ORDER BY id
--> XC1 | 1 | 1
--> XC2 | 3 | 2
--> XC3 | 1 | 1
--> XC4 | 5 | 3
--> XC5 | 3 | 2

SELECT id, first_value(id) OVER w, last_value(id) OVER w FROM recordings WINDOW w AS (PARTITION BY label ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY id
--> XC1 | XC1 | XC2
--> XC2 | XC1 | XC2
--> XC3 | XC3 | XC5
--> XC4 | XC4 | XC4
--> XC5 | XC3 | XC5

SELECT id, avg(seconds) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM recordings ORDER BY id LIMIT 3
--: varchar | double
--> XC1 | 12.0
--> XC2 | 21.0
--> XC3 | 18.5

SELECT label, count(*) AS n, count(*) * 1e0 / sum(count(*)) OVER () AS share FROM recordings GROUP BY label ORDER BY label
--> owl | 1 | 0.2
--> robin | 2 | 0.4
--> wren | 2 | 0.4

SELECT ntile(2) OVER (ORDER BY id), count(*) OVER () FROM recordings ORDER BY id LIMIT 1
--> 1 | 5

SELECT label, max(seconds) FILTER (WHERE rating > 3) AS good FROM recordings GROUP BY label ORDER BY label
--> owl | NULL
--> robin | 12
--> wren | 7

SELECT label, total / sum(total) OVER () FROM (SELECT label, sum(seconds) AS total FROM recordings GROUP BY label) ORDER BY label
--: varchar | bigint
--> owl | 0
--> robin | 0
--> wren | 0

SELECT label, count(*) OVER (PARTITION BY recordist) AS n, percent_rank() OVER (ORDER BY seconds) FROM recordings WHERE id IN ('XC1', 'XC2') ORDER BY id
--> robin | 1 | 0.0
--> robin | 1 | 1.0

SELECT id, sum(seconds) OVER (ORDER BY recorded RANGE BETWEEN INTERVAL '3' DAY PRECEDING AND CURRENT ROW) FROM recordings ORDER BY id
--> XC1 | 12
--> XC2 | 42
--> XC3 | 7
--> XC4 | 60
--> XC5 | 18
