SELECT id, tags['type'] FROM recordings WHERE id = 'XC1'
--> XC1 | song

SELECT id, element_at(tags, 'sex') FROM recordings ORDER BY id
--> XC1 | male
--> XC2 | NULL
--> XC3 | NULL
--> XC4 | NULL
--> XC5 | NULL

SELECT tags['nothing'] FROM recordings WHERE id = 'XC1'
--! INVALID_FUNCTION_ARGUMENT: Key not present in map: nothing

SELECT secondary[1] FROM recordings WHERE id = 'XC3'
--> robin

SELECT secondary[3] FROM recordings WHERE id = 'XC3'
--! INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 3 > 2

SELECT secondary[0] FROM recordings WHERE id = 'XC3'
--! INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1

SELECT element_at(secondary, 9), element_at(secondary, -1) FROM recordings WHERE id = 'XC3'
--> NULL | owl

SELECT id, s FROM recordings CROSS JOIN UNNEST(secondary) AS t (s) ORDER BY id, s
--> XC1 | wren
--> XC3 | owl
--> XC3 | robin
--> XC5 | robin

SELECT id, s, n FROM recordings CROSS JOIN UNNEST(secondary) WITH ORDINALITY AS t (s, n) WHERE id = 'XC3' ORDER BY n
--: varchar | varchar | bigint
--> XC3 | robin | 1
--> XC3 | owl | 2

SELECT id, k, v FROM recordings, UNNEST(tags) AS t (k, v) ORDER BY id, k
--> XC1 | sex | male
--> XC1 | type | song
--> XC2 | type | call
--> XC4 | type | song

SELECT k, count(*) FROM recordings CROSS JOIN UNNEST(map_keys(tags)) AS t (k) GROUP BY k ORDER BY k
--> sex | 1
--> type | 3

SELECT id, s FROM recordings LEFT JOIN UNNEST(secondary) AS t (s) ON TRUE WHERE label = 'robin' ORDER BY id
--> XC1 | wren
--> XC2 | NULL

SELECT asin, item.quantity, item.height.value FROM bins CROSS JOIN UNNEST(bin_fcsku_data) AS t (asin, item) ORDER BY asin
--# asin | quantity | value
--: varchar | integer | decimal
--> A | 3 | 4.50000000000000
--> B | 1 | 120.25000000000000
--> C | 2 | 7.00000000000000

SELECT max(item.height.value) FROM bins CROSS JOIN UNNEST(map_values(bin_fcsku_data)) AS t (item)
--! MISMATCHED_COLUMN_ALIASES: line 1:59: Column alias list has 1 entries but 't' has 3 columns available

SELECT q, h.value FROM bins CROSS JOIN UNNEST(map_values(bin_fcsku_data)) AS t (a, q, h) ORDER BY q
--> 1 | 120.25000000000000
--> 2 | 7.00000000000000
--> 3 | 4.50000000000000

SELECT expected_quantity, reduce(map_values(bin_fcsku_data), 0, (s, i) -> s + i.quantity, s -> s) FROM bins ORDER BY 1
--> 0 | 0
--> 2 | 2
--> 4 | 4

SELECT expected_quantity, transform(map_values(bin_fcsku_data), i -> i.height.unit) FROM bins WHERE expected_quantity = 4
--> 4 | [IN, IN]

SELECT * FROM UNNEST(ARRAY[1, 2, 3], ARRAY['a', 'b']) AS t (x, y)
--> 1 | a
--> 2 | b
--> 3 | NULL

SELECT * FROM UNNEST(ARRAY[ROW(1, 'a'), ROW(2, 'b')]) AS t (x, y)
--> 1 | a
--> 2 | b

SELECT * FROM UNNEST(MAP(ARRAY['a', 'b'], ARRAY[1, 2])) WITH ORDINALITY AS t (k, v, n)
--> a | 1 | 1
--> b | 2 | 2

SELECT x FROM UNNEST(sequence(1, 3)) AS t (x)
--> 1
--> 2
--> 3

SELECT a, b FROM (SELECT ARRAY[ARRAY[1, 2], ARRAY[3]] AS l) CROSS JOIN UNNEST(l) AS t (a) CROSS JOIN UNNEST(a) AS u (b)
--> [1, 2] | 1
--> [1, 2] | 2
--> [3] | 3

SELECT CAST(ROW(1, 'x') AS ROW(a integer, b varchar))
--: row
--> {a=1, b=x}

SELECT r.a + 1, r.b FROM (SELECT CAST(ROW(1, 'x') AS ROW(a integer, b varchar)) AS r)
--> 2 | x

SELECT ROW(1, 2)
--> {field0=1, field1=2}

SELECT filter(ARRAY[5, -6, NULL, 7], x -> x > 0), transform(ARRAY[1, 2], x -> x * x)
--> [5, 7] | [1, 4]

SELECT reduce(ARRAY[5, 20, 50], 0, (s, x) -> s + x, s -> s)
--> 75

SELECT reduce(ARRAY[5, 6, 10, 20], CAST(ROW(0e0, 0) AS ROW(sum double, count integer)), (s, x) -> CAST(ROW(x + s.sum, s.count + 1) AS ROW(sum double, count integer)), s -> IF(s.count = 0, NULL, s.sum / s.count))
--> 10.25

SELECT any_match(ARRAY[1, 2], x -> x = 2), all_match(ARRAY[1, 2], x -> x > 1), none_match(ARRAY[1, 2], x -> x > 5)
--> true | false | true

SELECT zip_with(ARRAY[1, 3], ARRAY[2, 4], (x, y) -> x * y), zip(ARRAY[1, 2], ARRAY['a', 'b'])
--> [2, 12] | [{field0=1, field1=a}, {field0=2, field1=b}]

SELECT map_filter(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> v > 1), transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> k || CAST(v AS varchar)), transform_keys(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> upper(k))
--> {b=2} | {a=a1} | {A=1}

SELECT map_keys(MAP(ARRAY['a'], ARRAY[1])), map_values(MAP(ARRAY['a'], ARRAY[1])), map_entries(MAP(ARRAY['a'], ARRAY[1])), map_concat(MAP(ARRAY['a'], ARRAY[1]), MAP(ARRAY['a'], ARRAY[2])), cardinality(MAP(ARRAY['a'], ARRAY[1]))
--> [a] | [1] | [{field0=a, field1=1}] | {a=2} | 1

SELECT map_from_entries(ARRAY[ROW('a', 1), ROW('b', 2)]), MAP(), cardinality(MAP())
--> {a=1, b=2} | {} | 0

SELECT MAP(ARRAY['a', 'a'], ARRAY[1, 2])
--! INVALID_FUNCTION_ARGUMENT: Duplicate map keys

SELECT cardinality(ARRAY[1, 2]), contains(ARRAY[1, 2], 2), array_position(ARRAY['a', 'b'], 'b'), array_position(ARRAY['a'], 'z')
--: bigint | boolean | bigint | bigint
--> 2 | true | 2 | 0

SELECT array_distinct(ARRAY[3, 1, 3, NULL, NULL]), array_sort(ARRAY[3, NULL, 1]), array_max(ARRAY[1, 5]), array_min(ARRAY[4, 2])
--> [3, 1, null] | [1, 3, null] | 5 | 2

SELECT array_union(ARRAY[1, 2], ARRAY[2, 3]), array_intersect(ARRAY[1, 2], ARRAY[2, 3]), array_except(ARRAY[1, 2], ARRAY[2]), arrays_overlap(ARRAY[1], ARRAY[2])
--> [1, 2, 3] | [2] | [1] | false

SELECT array_join(ARRAY['a', NULL, 'b'], '-'), array_join(ARRAY['a', NULL], '-', '?'), array_remove(ARRAY[1, 2, 1], 1)
--> a-b | a-? | [2]

SELECT slice(ARRAY[1, 2, 3, 4], 2, 2), slice(ARRAY[1, 2, 3, 4], -2, 2), reverse(ARRAY[1, 2]), flatten(ARRAY[ARRAY[1], ARRAY[2, 3]]), repeat('x', 2), trim_array(ARRAY[1, 2, 3], 1)
--> [2, 3] | [3, 4] | [2, 1] | [1, 2, 3] | [x, x] | [1, 2]

SELECT sequence(1, 10, 3), sequence(3, 1), sequence(DATE '2024-01-30', DATE '2024-02-01')
--> [1, 4, 7, 10] | [3, 2, 1] | [2024-01-30, 2024-01-31, 2024-02-01]

SELECT ARRAY[1] || ARRAY[2], ARRAY[1] || 2, concat(ARRAY[1], ARRAY[2], ARRAY[3])
--> [1, 2] | [1, 2] | [1, 2, 3]

SELECT day, tags, counts FROM visits WHERE site = 'marsh'
--> 2024-01-01 | [wet, cold] | {duck=3, coot=9}

SELECT split_to_map('a=1;b=2', ';', '=')['b'], regexp_extract_all('1a 2b', '\d')
--> 2 | [1, 2]

SELECT element_at(map_agg(label, seconds), 'owl') FROM recordings
--> 60

SELECT l.s, count(*) FROM recordings r CROSS JOIN UNNEST(r.secondary) AS l (s) GROUP BY l.s ORDER BY 2 DESC, 1
--> robin | 2
--> owl | 1
--> wren | 1

WITH items AS (SELECT "$path" AS path, asin, item FROM bins CROSS JOIN UNNEST(bin_fcsku_data) AS t (asin, item)) SELECT regexp_extract(path, '([0-9]+)\.json$', 1) AS bin, count(*) AS kinds, sum(item.quantity) AS items FROM items GROUP BY 1 ORDER BY 1
--> 00001 | 2 | 4
--> 00002 | 1 | 2

SELECT a.s AS one, b.s AS two, count(*) AS n FROM recordings r CROSS JOIN UNNEST(r.secondary) AS a (s) CROSS JOIN UNNEST(r.secondary) AS b (s) WHERE a.s < b.s GROUP BY a.s, b.s
--> owl | robin | 1

SELECT regexp_extract_all('[''rbsrob1'', ''x2'']', '''(\w+)''', 1)
--> [rbsrob1, x2]

SELECT cardinality(repeat(1, 10000)), cardinality(repeat(1, 0)), cardinality(sequence(1, 10000)), cardinality(sequence(10, 29, 2))
--> 10000 | 0 | 10000 | 10

SELECT TRY(repeat(1, 10001)), sequence(CAST(NULL AS bigint), 3), repeat(1, CAST(NULL AS integer))
--> NULL | NULL | NULL
