SELECT 7 / 2, -7 / 2, 7 % 3, 7.0 / 2, 7e0 / 2, 1.0 / 3
--: integer | integer | integer | double | double | double
--> 3 | -3 | 1 | 3.5 | 3.5 | 0.3333333333333333

SELECT 100.0*1/3, -2.50, .5, typeof(1.5 * DECIMAL '2.0'), typeof(DECIMAL '1.5' + 1)
--: double | double | double | varchar | varchar
--> 33.333333333333336 | -2.5 | 0.5 | double | decimal(12,1)

SELECT 1 / 0
--! DIVISION_BY_ZERO: Division by zero

SELECT 1e0 / 0, -1e0 / 0, 0e0 / 0
--> Infinity | -Infinity | NaN

SELECT try(1 / 0), try_cast('x' AS integer), try(CAST('x' AS integer))
--> NULL | NULL | NULL

SELECT s, try(CAST(s AS integer) + CAST(s AS integer)), try(CAST(s AS integer)) FROM (VALUES '1', 'x') t(s) ORDER BY s
--> 1 | 2 | 1
--> x | NULL | NULL

SELECT coalesce(n, 10 / n), coalesce(n, 10 / n + 1) FROM (VALUES 0, 1) t(n) ORDER BY n
--> 0 | 0
--> 1 | 1

SELECT n, try(n / sum(n)), try(1 / sum(n)) FROM (VALUES 1, 0) t(n) GROUP BY n HAVING try(n / sum(n)) IS NULL
--> 0 | NULL | NULL

SELECT n, try(1 / sum(n) OVER (ORDER BY n)), try(1 / (n - (SELECT 1))) FROM (VALUES 1, 0) t(n) ORDER BY n
--> 0 | NULL | -1
--> 1 | 1 | NULL

SELECT CAST('x' AS integer)
--! INVALID_CAST_ARGUMENT: Cannot cast 'x' to

SELECT CAST('1.5' AS integer)
--! INVALID_CAST_ARGUMENT: Cannot cast '1.5' to

SELECT CAST('12' AS bigint), CAST(2.5 AS integer), CAST(2.5e0 AS integer), CAST(-2.5e0 AS integer), CAST(1 AS boolean), CAST(true AS varchar)
--> 12 | 3 | 3 | -3 | true | true

SELECT CAST(37.7e0 AS varchar), CAST(1 AS varchar), CAST(1.50 AS varchar), CAST(DECIMAL '1.50' AS varchar), CAST('abcdef' AS varchar(3))
--> 3.77E1 | 1 | 1.5E0 | 1.50 | abc

SELECT CAST('123.456' AS decimal(10, 2)), CAST(1 AS decimal(5, 1)), DECIMAL '1.50', CAST(200.5 AS double)
--: decimal | decimal | decimal | double
--> 123.46 | 1.0 | 1.50 | 200.5

SELECT 1e0, 1e7, 12345678.9e0, 1e-4, 0.1e0 + 0.2e0, CAST(0.1 AS real)
--> 1.0 | 1.0E7 | 1.23456789E7 | 1.0E-4 | 0.30000000000000004 | 0.1

SELECT typeof(1), typeof('abc'), typeof(1.5), typeof(1e0), typeof(ARRAY[1]), typeof(MAP(ARRAY['a'], ARRAY[1])), typeof(current_date)
--> integer | varchar(3) | double | double | array(integer) | map(varchar, integer) | date

SELECT abs(-3), ceil(1.2e0), floor(-1.2e0), round(2.5e0), round(-2.5e0), round(DECIMAL '1.255', 2), truncate(1.9e0), sign(-4), sign(-1.5), sign(DECIMAL '-1.5')
--> 3 | 2.0 | -2.0 | 3.0 | -3.0 | 1.260 | 1.0 | -1 | -1.0 | -1

SELECT power(2, 10), sqrt(16), exp(0), ln(1), log10(100), log2(8), log(2, 8), mod(10, 3), cbrt(27)
--> 1024.0 | 4.0 | 1.0 | 0.0 | 2.0 | 3.0 | 3.0 | 1 | 3.0

SELECT greatest(1, 3, 2), least('b', 'a'), greatest(1, NULL)
--> 3 | a | NULL

SELECT width_bucket(3.14e0, 0e0, 4e0, 3), to_base(255, 16), bitwise_and(6, 3), bitwise_xor(6, 3), bit_count(7)
--> 3 | ff | 2 | 5 | 3

SELECT is_nan(nan()), is_infinite(infinity()), is_finite(1e0), round(pi(), 2), round(e(), 2)
--> true | true | true | 3.14 | 2.72

SELECT round(great_circle_distance(51.5e0, -0.12e0, 48.85e0, 2.35e0))
--> 343.0

SELECT random() < 1, random(10) < 10, rand() >= 0
--> true | true | true

SELECT upper('aé'), lower('AB'), length('aé'), reverse('abc'), concat('a', 'b', 'c'), 'a' || 'b'
--: varchar | varchar | bigint | varchar | varchar | varchar
--> AÉ | ab | 2 | cba | abc | ab

SELECT concat('a', NULL), 'a' || NULL, concat_ws('-', 'a', NULL, 'b')
--> NULL | NULL | a-b

SELECT substr('hello', 2), substr('hello', 2, 3), substr('hello', -3), substring('hello' FROM 2 FOR 2), substring('hello', 4)
--> ello | ell | llo | el | lo

SELECT trim('  a '), ltrim(' a'), rtrim('a '), trim(BOTH 'x' FROM 'xax'), lpad('7', 3, '0'), rpad('7', 3, '.')
--> a | a | a | a | 007 | 7..

SELECT split('a,b,c', ','), split('a,b,c', ',', 2), split_part('a,b', ',', 2), split_part('a,b', ',', 3)
--> [a, b, c] | [a, b,c] | b | NULL

SELECT strpos('hello', 'l'), position('lo' IN 'hello'), strpos('hello', 'z'), replace('aXa', 'X', '-'), replace('abc', 'b', '')
--> 3 | 4 | 0 | a-a | ac

SELECT starts_with('robin', 'ro'), chr(65), codepoint('A'), levenshtein_distance('cat', 'cut'), translate('abc', 'ab', 'xy')
--> true | A | 65 | 1 | xyc

SELECT to_hex(to_utf8('ab')), from_utf8(from_hex('6162')), to_base64(to_utf8('ab')), to_utf8('ab')
--: varchar | varchar | varchar | varbinary
--> 6162 | ab | YWI= | 61 62

SELECT to_hex(md5(to_utf8('a'))), length(sha256(to_utf8('a')))
--> 0CC175B9C0F1B6A831C399E269772661 | 32

SELECT url_extract_host('https://xeno-canto.org:443/128013?a=1#x'), url_extract_path('https://xeno-canto.org/128013?a=1'), url_extract_query('http://x/y?a=1#z'), url_decode('a%20b')
--> xeno-canto.org | /128013 | a=1 | a b

SELECT format('%s: %d', 'n', 5), format('%.2f', 1.005e0 * 2), format('%,d', 1234567), format('%05d|%5s|%-3s.', 42, 'ab', 'x'), format('100%%')
--> n: 5 | 2.01 | 1,234,567 | 00042|   ab|x  . | 100%

SELECT regexp_like('XC123', '\d+'), regexp_extract('XC123', '\d+'), regexp_extract('XC123', '([A-Z]+)(\d+)', 2), regexp_extract('XC', '\d+')
--> true | 123 | 123 | NULL

SELECT regexp_replace('a1b2', '\d'), regexp_replace('ab', '(a)(b)', '$2$1'), regexp_replace('1 2', '\d', 'n'), regexp_count('a1b2', '\d'), regexp_split('a1b2c', '\d'), regexp_position('ab1', '\d')
--> ab | ba | n n | 2 | [a, b, c] | 3

SELECT regexp_like('a', '(?<!b)a')
--! INVALID_FUNCTION_ARGUMENT: invalid

SELECT true AND NULL, true OR NULL, NOT false
--> NULL | true | true

SELECT 'it''s', U&'\00e9', X'4142'
--: varchar | varchar | varbinary
--> it's | é | 41 42

SELECT 1 WHERE 'a' < 'b' AND 2 <> 3 AND 2 != 3
--> 1

SELECT 9223372036854775807 + 1
--! NUMERIC_VALUE_OUT_OF_RANGE

SELECT foo(1)
--! FUNCTION_NOT_FOUND: line 1:8: Function 'foo' not registered

SELECT strftime('%Y', 'x')
--! FUNCTION_NOT_FOUND: line 1:8: Function 'strftime' not registered

SELECT floor(7), ceil(7), floor(7.5), floor(DECIMAL '7.5'), floor(seconds / 10) * 10 FROM recordings WHERE id = 'XC5'
--> 7 | 7 | 7.0 | 7 | 10

SELECT width_bucket(12, ARRAY[10, 20]), CAST('abc' AS char(2))
--> 1 | ab

SELECT TRY(json_parse(x)), json_extract_scalar(TRY(json_parse(x)), '$.a') FROM (VALUES '{bad', '{"a":1}') t(x)
--> NULL | NULL
--> {"a":1} | 1

SELECT TRY(element_at(ARRAY[1, 2], 0)), TRY(ARRAY[1][5]), TRY(MAP(ARRAY['a'], ARRAY[1])['b']), TRY(slice(ARRAY[1], 0, 1)), TRY(map(ARRAY[1], ARRAY[1, 2]))
--> NULL | NULL | NULL | NULL | NULL

SELECT json_parse('{bad')
--! INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '{bad'
