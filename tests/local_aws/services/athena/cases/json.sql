SELECT json_extract('{"a": {"b": [1, "x"]}}', '$.a.b[1]'), json_extract_scalar('{"a": {"b": [1, "x"]}}', '$.a.b[1]')
--: json | varchar
--> "x" | x

SELECT json_extract_scalar('{"a": {"b": 1}}', '$.a'), json_extract_scalar('{"a": true}', '$.a'), json_extract('{"a": 1}', '$.z'), json_extract_scalar('{"a": null}', '$.a')
--> NULL | true | NULL | NULL

SELECT json_extract_scalar('{"a b": 1}', '$["a b"]'), json_extract_scalar('{"store": {"x": "y"}}', '$[''store''].x')
--> 1 | y

SELECT json_extract('not json', '$.a'), json_extract_scalar('not json', '$.a')
--> NULL | NULL

SELECT json_extract('{"a": 1}', 'a')
--! INVALID_FUNCTION_ARGUMENT: Invalid JSON path: 'a'

SELECT json_array_length('[1, 2, 3]'), json_size('{"a": [1, 2]}', '$.a'), json_array_contains('[1, 2]', 2), json_array_get('["a", "b"]', 0)
--> 3 | 2 | true | "a"

SELECT json_format(json_parse('{"a": 1}')), json_parse('[1]')
--: varchar | json
--> {"a": 1} | [1]

SELECT json_parse('{')
--! INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '{'

SELECT CAST(ARRAY[1, 2] AS json), CAST(MAP(ARRAY['a'], ARRAY[1]) AS json), CAST('a' AS json), CAST(1 AS json)
--: json | json | json | json
--> [1,2] | {"a":1} | "a" | 1

SELECT CAST(json_parse('[1, 2]') AS array(integer)), CAST(json_parse('{"a": 1}') AS map(varchar, integer)), CAST(json_parse('"x"') AS varchar), CAST(json_parse('12') AS integer)
--> [1, 2] | {a=1} | x | 12

SELECT k, v FROM UNNEST(CAST(json_parse('{"a": 1, "b": 2}') AS map(varchar, integer))) AS t (k, v)
--> a | 1
--> b | 2

SELECT CAST(json_parse('{"n": 5, "s": "x"}') AS row(n integer, s varchar))
--> {n=5, s=x}

SELECT json_value('{"a": "x"}', 'lax $.a'), json_exists('{"a": 1}', 'lax $.b'), json_query('{"a": [1]}', 'lax $.a')
--> x | false | [1]

SELECT JSON '{"a": 2}', json_extract_scalar(JSON '{"a": 2}', '$.a')
--> {"a": 2} | 2

SELECT CAST(tags AS json) FROM recordings WHERE id = 'XC2'
--> {"type":"call"}

SELECT is_json_scalar(json_parse('1')), is_json_scalar(json_parse('[]'))
--> true | false
