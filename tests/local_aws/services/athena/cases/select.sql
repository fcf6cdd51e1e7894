SELECT 1, 'a', 1.5, 1.5e0, true, NULL
--# _col0 | _col1 | _col2 | _col3 | _col4 | _col5
--: integer | varchar | double | double | boolean | unknown
--> 1 | a | 1.5 | 1.5 | true | NULL

SELECT count(*) FROM recordings
--# _col0
--: bigint
--> 5

SELECT id, label FROM recordings WHERE seconds > 15 ORDER BY id
--> XC2 | robin
--> XC4 | owl
--> XC5 | wren

SELECT label, count(*) AS n, avg(rating) AS rating FROM recordings GROUP BY label ORDER BY n DESC, label
--# label | n | rating
--: varchar | bigint | double
--> robin | 2 | 3.75
--> wren | 2 | 3.75
--> owl | 1 | NULL

SELECT label, count(*) FROM recordings GROUP BY 1 HAVING count(*) > 1 ORDER BY 1
--> robin | 2
--> wren | 2

SELECT r.id, s.name FROM recordings r JOIN species s ON r.label = s.label WHERE s.family = 'Strigidae'
--> XC4 | The "Tawny" Owl

SELECT s.label, count(r.id) FROM species s LEFT JOIN recordings r ON r.label = s.label AND r.seconds > 20 GROUP BY s.label ORDER BY s.label
--> owl | 1
--> robin | 1
--> wren | 0

SELECT label, n FROM loud JOIN species USING (label) ORDER BY n, label
--> owl | 1
--> robin | 2
--> wren | 2

SELECT DISTINCT recordist FROM recordings ORDER BY recordist DESC
--> Cy
--> Ben
--> Ann

SELECT id FROM recordings ORDER BY rating DESC, id
--> XC3
--> XC1
--> XC2
--> XC5
--> XC4

SELECT id FROM recordings ORDER BY rating NULLS FIRST LIMIT 1
--> XC4

SELECT id FROM recordings ORDER BY id OFFSET 2 LIMIT 2
--> XC3
--> XC4

SELECT id FROM recordings ORDER BY id FETCH FIRST 1 ROW ONLY
--> XC1

WITH long AS (SELECT * FROM recordings WHERE seconds > 15), few AS (SELECT recordist, count(*) n FROM long GROUP BY 1) SELECT recordist, n FROM few ORDER BY n DESC, 1
--> Ben | 2
--> Cy | 1

WITH RECURSIVE t(n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM t WHERE n < 4) SELECT sum(n) FROM t
--: bigint
--> 10

SELECT id FROM recordings WHERE label IN (SELECT label FROM species WHERE family LIKE '%idae' AND weight <> '') ORDER BY id
--> XC1
--> XC2
--> XC3
--> XC5

SELECT s.label FROM species s WHERE NOT EXISTS (SELECT 1 FROM recordings r WHERE r.label = s.label AND r.seconds < 20)
--> owl

SELECT id FROM recordings WHERE seconds > (SELECT avg(seconds) FROM recordings) ORDER BY 1
--> XC2
--> XC4

SELECT id FROM recordings WHERE seconds >= ALL (SELECT seconds FROM recordings)
--> XC4

SELECT label FROM recordings EXCEPT SELECT 'owl' ORDER BY 1
--> robin
--> wren

SELECT label FROM recordings INTERSECT SELECT label FROM species ORDER BY 1
--> owl
--> robin
--> wren

SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 2 ORDER BY x
--> 1
--> 2
--> 2

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (x, y) ORDER BY x DESC
--# x | y
--> 2 | b
--> 1 | a

VALUES (1, 'a'), (2, 'b')
--> 1 | a
--> 2 | b

SELECT label, recordist, count(*) FROM recordings GROUP BY GROUPING SETS ((label), (recordist)) ORDER BY label, recordist
--> owl | NULL | 1
--> robin | NULL | 2
--> wren | NULL | 2
--> NULL | Ann | 2
--> NULL | Ben | 2
--> NULL | Cy | 1

SELECT label, count(*), grouping(label) FROM recordings GROUP BY ROLLUP(label) ORDER BY 1
--> owl | 1 | 0
--> robin | 2 | 0
--> wren | 2 | 0
--> NULL | 5 | 1

SELECT CASE WHEN seconds < 10 THEN 'short' WHEN seconds < 40 THEN 'middle' ELSE 'long' END AS size, count(*) FROM recordings GROUP BY 1 ORDER BY 1
--> long | 1
--> middle | 3
--> short | 1

SELECT a.id, b.id FROM recordings a CROSS JOIN recordings b WHERE a.recordist = b.recordist AND a.id < b.id ORDER BY 1
--# id | id
--> XC1 | XC3
--> XC2 | XC5

SELECT id, "$path" FROM recordings WHERE id = 'XC3'
--# id | $path
--> XC3 | s3://lake/recordings/XC3.json

SELECT count(DISTINCT "$path") FROM parts
--> 3

SELECT * FROM species ORDER BY label LIMIT 1
--# label | name | family | weight
--> owl | The "Tawny" Owl | Strigidae | 

SELECT count(*) FROM nothing
--> 0

SELECT * FROM nothing
--# a | b
--: integer | varchar

SELECT if(seconds > 20, 'long', 'short') FROM recordings WHERE id = 'XC1'
--> short

SELECT coalesce(NULL, lat, 0e0), nullif(label, 'wren') FROM recordings WHERE id = 'XC3'
--> 0.0 | NULL

SELECT recordings.id FROM birds.recordings WHERE birds.recordings.id = 'XC1'
--> XC1

SELECT id FROM "awsdatacatalog"."birds"."recordings" WHERE ID = 'XC1'
--> XC1

SELECT count(*) FROM recordings WHERE lat BETWEEN 40 AND 50
--> 2

SELECT id FROM recordings WHERE recorded BETWEEN DATE '2021-01-01' AND DATE '2021-06-30' ORDER BY id
--> XC1
--> XC2

SELECT id FROM recordings WHERE label LIKE 'w%' ORDER BY id
--> XC3
--> XC5

SELECT 'a_b' LIKE 'a\_b' ESCAPE '\', 'axb' LIKE 'a\_b' ESCAPE '\'
--> true | false

SELECT 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL
--> true | true

SELECT sum(x) FROM (SELECT seconds AS x FROM recordings) t
--: bigint
--> 127

TABLE species
--> robin | European Robin | Muscicapidae | 18.2
--> wren | Wren, Eurasian | Troglodytidae | 9.1
--> owl | The "Tawny" Owl | Strigidae | 
