"""DuckDB macros for Trino's functions that are no single call of DuckDB; SQL text only.

The limits and words of sequence and repeat are those of Trino's SequenceFunction.java and
RepeatFunction.java (10,000 entries and 1,000,000 bytes; the newest Trino's repeat has 100,000 and
4 MB, and Athena does not say which Trino it has):
https://github.com/trinodb/trino/tree/master/core/trino-main/src/main/java/io/trino/operator/scalar
"""

MACROS = r"""
CREATE MACRO t_length(x VARCHAR) AS CAST(length(x) AS BIGINT),
  (x BLOB) AS CAST(octet_length(x) AS BIGINT);
CREATE MACRO t_substr(s, b, n) AS CASE WHEN b = 0 OR n <= 0 THEN left(s, 0 * b)
  WHEN b < 0 AND -b > length(s) THEN left(s, 0 * b) ELSE substr(s, b, n) END;
CREATE MACRO t_split_part(s, d, i) AS CASE WHEN i > len(string_split(s, d)) THEN NULL
  ELSE split_part(s, d, i) END;
CREATE MACRO t_split_to_map(s, d, k) AS map_from_entries(list_transform(string_split(s, d),
  lambda e: struct_pack(key := split_part(e, k, 1), value := split_part(e, k, 2))));
CREATE MACRO t_strpos(s, d, n) AS CAST(CASE
  WHEN n = 0 THEN t_fail('''instance'' must not be a positive or negative number.')
  WHEN abs(n) > len(string_split(s, d)) - 1 THEN 0
  ELSE length(array_to_string(string_split(s, d)[1:CASE WHEN n > 0 THEN n
  ELSE len(string_split(s, d)) + n END], d)) + 1 END AS BIGINT);
CREATE MACRO t_url_encode(s) AS
  replace(replace(replace(url_encode(s), '%20', '+'), '~', '%7E'), '%2A', '*');
CREATE MACRO t_boolean(x) AS CASE WHEN lower(x) IN ('true', 't', '1') THEN true
  WHEN lower(x) IN ('false', 'f', '0') THEN false
  WHEN x IS NOT NULL THEN t_fail('Cannot cast ''' || x || ''' to BOOLEAN') END;
CREATE MACRO t_day_text(x) AS CASE WHEN x IS NULL
  OR regexp_full_match(trim(x), '[+-]?\d{4,}-\d{1,2}-\d{1,2}')
  THEN x ELSE t_fail('Value cannot be cast to date: ' || x) END;
CREATE MACRO t_moment_text(x) AS CASE WHEN x IS NULL OR regexp_full_match(trim(x),
  '[+-]?\d{4,}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?'
  || '( ?[+-]\d\d?:?\d\d| [A-Za-z][\w/+:-]*)?')
  THEN x ELSE t_fail('Value cannot be cast to timestamp: ' || x) END;
CREATE MACRO t_extract(s, p, g) AS CASE WHEN regexp_matches(s, p)
  THEN regexp_extract(s, p, g) END;
CREATE MACRO t_regexp_position(s, p) AS CASE WHEN regexp_matches(s, p)
  THEN CAST(strpos(s, regexp_extract(s, p)) AS INTEGER) WHEN s IS NOT NULL THEN -1 END;
CREATE MACRO t_width_bucket(x, a, b, n) AS CAST(CASE WHEN x < a THEN 0 WHEN x >= b THEN n + 1
  ELSE floor((x - a) * 1e0 / (b - a) * n) + 1 END AS BIGINT);
CREATE MACRO t_great_circle(a, b, c, d) AS 6371.01e0 * 2 * asin(sqrt(
  power(sin(radians(c - a) / 2), 2)
  + cos(radians(a)) * cos(radians(c)) * power(sin(radians(d - b) / 2), 2)));
CREATE MACRO t_interval(u, n) AS CASE lower(u)
  WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n)
  WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n)
  WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_days(CAST(7 * n AS INTEGER))
  WHEN 'month' THEN to_months(CAST(n AS INTEGER))
  WHEN 'quarter' THEN to_months(CAST(3 * n AS INTEGER))
  WHEN 'year' THEN to_months(CAST(12 * n AS INTEGER))
  ELSE t_fail('''' || u || ''' is not a valid TIMESTAMP field') END;
CREATE MACRO t_zone(x) AS CAST(((epoch_us(x) % 1000) + 1000) % 1000 AS INTEGER);
CREATE MACRO t_instant(x) AS x - to_microseconds(t_zone(x));
CREATE MACRO t_in_zone(x, k) AS t_instant(x) + to_microseconds(k);
CREATE MACRO t_offset(k) AS to_minutes(CASE WHEN k = 0 THEN 0 ELSE (k - 1) * 15 - 840 END);
CREATE MACRO t_local_in(x, k) AS CASE WHEN k < 200
  THEN CAST(t_instant(x) AS TIMESTAMP) + t_offset(k)
  ELSE timezone(t_zone_name(k), t_instant(x)) END;
CREATE MACRO t_local(x) AS t_local_in(x, t_zone(x));
CREATE MACRO t_at_place(x, k) AS to_microseconds(k) + CASE WHEN k < 200
  THEN CAST(date_trunc('millisecond', x) - t_offset(k) AS TIMESTAMPTZ)
  ELSE timezone(t_zone_name(k), date_trunc('millisecond', x)) END;
CREATE MACRO t_zone_text(x) AS regexp_extract(x, '[T ]\d{1,2}(?::\d{1,2})*(?:[.,]\d+)?\s*'
  || '(Z|[+-]\d{1,2}(?::?\d\d)?|[A-Za-z][\w/+-]*)$', 1);
CREATE MACRO t_zoned_text(x) AS strftime(t_local(x), '%Y-%m-%d %H:%M:%S.%g') || ' '
  || t_zone_name(t_zone(x));
CREATE MACRO t_moment(x) AS t_in_zone(date_trunc('millisecond',
  CAST(regexp_replace(x, '\s+([+-]\d{1,2}(:?\d\d)?)$', '\1') AS TIMESTAMPTZ)),
  t_zone_number(t_zone_text(x)));
CREATE MACRO t_date_add(u, n, x DATE) AS CAST(x + t_interval(u, n) AS DATE),
  (u, n, x TIMESTAMP) AS x + t_interval(u, n),
  (u, n, x TIMESTAMPTZ) AS CASE WHEN lower(u) IN ('millisecond', 'second', 'minute', 'hour')
  THEN x + t_interval(u, n) ELSE t_at_place(t_local(x) + t_interval(u, n), t_zone(x)) END;
CREATE MACRO t_date_trunc(u, x DATE) AS CAST(date_trunc(u, x) AS DATE),
  (u, x TIMESTAMP) AS date_trunc(u, x),
  (u, x TIMESTAMPTZ) AS t_at_place(date_trunc(u, t_local(x)), t_zone(x));
CREATE MACRO t_date_diff(u, a DATE, b DATE) AS date_sub(u, a, b),
  (u, a TIMESTAMP, b TIMESTAMP) AS date_sub(u, a, b),
  (u, a TIMESTAMPTZ, b TIMESTAMPTZ) AS date_sub(u, t_local(a), t_local_in(b, t_zone(a)));
CREATE MACRO t_offset_text(m) AS CASE WHEN m < 0 THEN '-' ELSE '+' END
  || lpad(CAST(abs(m) // 60 AS VARCHAR), 2, '0') || ':'
  || lpad(CAST(abs(m) % 60 AS VARCHAR), 2, '0');
CREATE MACRO t_to_iso8601(x DATE) AS strftime(x, '%Y-%m-%d'),
  (x TIMESTAMP) AS strftime(x, '%Y-%m-%dT%H:%M:%S.%g'),
  (x TIMESTAMPTZ) AS strftime(t_local(x), '%Y-%m-%dT%H:%M:%S.%g') || CASE WHEN t_zone(x) = 0
  THEN 'Z' ELSE t_offset_text(date_diff('minute', CAST(t_instant(x) AS TIMESTAMP), t_local(x))) END;
CREATE MACRO t_timestamp_text(x) AS strftime(x, '%Y-%m-%d %H:%M:%S.%g');
CREATE MACRO t_json_parse(x) AS CASE WHEN x IS NULL THEN NULL WHEN json_valid(x)
  THEN CAST(x AS JSON) ELSE t_fail('Cannot convert value to JSON: ''' || x || '''') END;
CREATE MACRO t_sound(j) AS CASE WHEN json_valid(j) THEN j END;
CREATE MACRO t_json_extract(j, p) AS json_extract(t_sound(j), p);
CREATE MACRO t_json_scalar(j, p) AS
  CASE WHEN coalesce(json_type(t_sound(j), p), 'NULL') NOT IN ('OBJECT', 'ARRAY', 'NULL')
  THEN json_extract_string(t_sound(j), p) END;
CREATE MACRO t_json_array_length(j) AS CASE WHEN json_type(j) = 'ARRAY'
  THEN CAST(json_array_length(j) AS BIGINT) END;
CREATE MACRO t_json_size(j, p) AS CASE json_type(j, p)
  WHEN 'ARRAY' THEN CAST(json_array_length(j, p) AS BIGINT)
  WHEN 'OBJECT' THEN CAST(len(json_keys(j, p)) AS BIGINT)
  ELSE CASE WHEN json_exists(j, p) THEN CAST(0 AS BIGINT) END END;
CREATE MACRO t_array_distinct(a) AS list_filter(a, lambda x, i:
  coalesce(list_position(a, x) = i, NOT list_contains(list_transform(a[1:i - 1],
  lambda y: y IS NULL), true)));
CREATE MACRO t_array_remove(a, v) AS list_filter(a, lambda x: x IS DISTINCT FROM v);
CREATE MACRO t_array_intersect(a, b) AS
  t_array_distinct(list_filter(a, lambda x: list_contains(b, x)));
CREATE MACRO t_array_except(a, b) AS
  t_array_distinct(list_filter(a, lambda x: NOT coalesce(list_contains(b, x), false)));
CREATE MACRO t_array_join(a, d) AS array_to_string(list_filter(a, lambda x: x IS NOT NULL), d);
CREATE MACRO t_array_join_null(a, d, n) AS
  array_to_string(list_transform(a, lambda x: coalesce(CAST(x AS VARCHAR), n)), d);
CREATE MACRO t_count(n, bytes) AS CASE
  WHEN n > 10000
  THEN t_fail('count argument of repeat function must be less than or equal to 10000')
  WHEN n < 0 THEN t_fail('count argument of repeat function must be greater than or equal to 0')
  WHEN n * bytes > 1000000
  THEN t_fail('result of repeat function must not take more than 1000000 bytes')
  ELSE n END;
CREATE MACRO t_repeat(x, n) AS
  list_transform(range(t_count(n, strlen(CAST(x AS VARCHAR)))), lambda i: x);
CREATE MACRO t_width(n) AS CASE WHEN n BETWEEN 0 AND 1048576 THEN CAST(n AS INTEGER)
  WHEN n IS NOT NULL THEN t_fail('Target length must be in the range [0..1048576] here') END;
CREATE MACRO t_slice(a, s, n) AS CASE WHEN s = 0 THEN t_fail('SQL array indices start at 1')
  WHEN s < 0 THEN a[len(a) + s + 1:len(a) + s + n] ELSE a[s:s + n - 1] END;
CREATE MACRO t_at(a, i) AS CASE
  WHEN i = 0 THEN t_fail('SQL array indices start at 1')
  WHEN i < 0 THEN t_fail('Array subscript is negative: ' || i)
  WHEN i > len(a) THEN t_fail('Array subscript must be less than or equal to array length: '
    || i || ' > ' || len(a)) ELSE a[i] END;
CREATE MACRO t_value(m, k) AS CASE WHEN m IS NULL OR map_contains(m, k) THEN m[k]
  ELSE t_fail('Key not present in map: ' || k) END;
CREATE MACRO t_map(k, v) AS CASE WHEN len(k) <> len(v)
  THEN t_fail('Key and value arrays must be the same length') ELSE map(k, v) END;
CREATE MACRO t_bigint_values(m) AS map_from_entries(list_transform(map_entries(m),
  lambda e: struct_pack(key := e.key, value := CAST(e.value AS BIGINT))));
CREATE MACRO t_entries_map(l) AS map_from_entries(list_filter(l, lambda e, i:
  e.key IS NOT NULL AND list_position(list_transform(l, lambda f: f.key), e.key) = i));
CREATE MACRO t_entries_multimap(l) AS map_from_entries(list_transform(
  t_array_distinct(list_transform(l, lambda e: e.key)), lambda k: struct_pack(key := k,
  value := list_transform(list_filter(l, lambda e: e.key = k), lambda e: e.value))));
CREATE MACRO t_map_union(l) AS
  t_entries_map(flatten(list_transform(l, lambda m: map_entries(m))));
CREATE MACRO t_divide(a DOUBLE, b DOUBLE) AS CASE WHEN b <> 0 OR isnan(b) THEN a / b
  WHEN a = 0 OR isnan(a) THEN CAST('nan' AS DOUBLE)
  WHEN a > 0 THEN CAST('inf' AS DOUBLE) WHEN a < 0 THEN CAST('-inf' AS DOUBLE) END;
CREATE MACRO t_whole(x) AS CASE WHEN x IS NULL OR regexp_full_match(x, '[+-]?[0-9]+') THEN x
  ELSE x || chr(0) END;
CREATE MACRO t_cbrt(x) AS CASE WHEN power(round(cbrt(x)), 3) = x THEN round(cbrt(x))
  ELSE cbrt(x) END;
CREATE MACRO t_quotient(a, b, s) AS t_divide_texts(CAST(a AS VARCHAR), CAST(b AS VARCHAR), s);
CREATE MACRO t_map_entries(m) AS list_transform(map_entries(m), lambda e: row(e.key, e.value));
CREATE MACRO t_steps(a, b, n) AS CASE WHEN n = 0 THEN t_fail('step must not be zero')
  WHEN n > 0 AND b < a OR n < 0 AND b > a
  THEN t_fail('sequence stop value should be greater than or equal to start value if step is '
    || 'greater than zero otherwise stop should be less than or equal to start')
  WHEN (CAST(b AS HUGEINT) - a) // n >= 10000
  THEN t_fail('result of sequence function must not have more than 10000 entries') ELSE b END;
CREATE MACRO t_moments(a, b, s) AS generate_series(a, CASE WHEN t_steps(epoch_us(a), epoch_us(b),
  epoch_us(a + s) - epoch_us(a)) IS NOT NULL THEN b END, s);
CREATE MACRO t_sequence(a BIGINT, b BIGINT) AS generate_series(a, t_steps(a, b,
    CASE WHEN a <= b THEN 1 ELSE -1 END), CASE WHEN a <= b THEN 1 ELSE -1 END),
  (a DATE, b DATE) AS list_transform(t_moments(CAST(a AS TIMESTAMP),
    CAST(b AS TIMESTAMP), CASE WHEN a <= b THEN to_days(1) ELSE to_days(-1) END),
    lambda x: CAST(x AS DATE));
CREATE MACRO t_sequence_step(a BIGINT, b BIGINT, s BIGINT) AS generate_series(a,
    t_steps(a, b, s), s),
  (a DATE, b DATE, s INTERVAL) AS list_transform(t_moments(CAST(a AS TIMESTAMP),
    CAST(b AS TIMESTAMP), s), lambda x: CAST(x AS DATE)),
  (a TIMESTAMP, b TIMESTAMP, s INTERVAL) AS t_moments(a, b, s);
"""
