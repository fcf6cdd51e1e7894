SELECT DATE '2024-02-29', TIMESTAMP '2024-01-02 03:04:05', TIMESTAMP '2024-01-02 03:04:05.678', TIME '10:11:12', TIMESTAMP '2024-01-02 03:04:05 UTC'
--: date | timestamp | timestamp | time | timestamp with time zone
--> 2024-02-29 | 2024-01-02 03:04:05.000 | 2024-01-02 03:04:05.678 | 10:11:12.000 | 2024-01-02 03:04:05.000 UTC

SELECT DATE '2024-01-31' + INTERVAL '1' MONTH, DATE '2024-01-31' - INTERVAL '1' DAY, TIMESTAMP '2024-01-01 00:00:00' + INTERVAL '90' MINUTE
--: date | date | timestamp
--> 2024-02-29 | 2024-01-30 | 2024-01-01 01:30:00.000

SELECT date_add('day', 3, DATE '2024-01-30'), date_add('month', -1, DATE '2024-03-31'), date_add('hour', 2, TIMESTAMP '2024-01-01 23:00:00'), date_add('quarter', 1, DATE '2024-01-01')
--: date | date | timestamp | date
--> 2024-02-02 | 2024-02-29 | 2024-01-02 01:00:00.000 | 2024-04-01

SELECT date_diff('day', DATE '2024-01-01', DATE '2024-03-01'), date_diff('month', DATE '2024-01-31', DATE '2024-02-28'), date_diff('hour', TIMESTAMP '2024-01-01 00:30:00', TIMESTAMP '2024-01-01 02:00:00'), date_diff('year', DATE '2020-06-01', DATE '2024-05-31')
--: bigint | bigint | bigint | bigint
--> 60 | 0 | 1 | 3

SELECT DATE '2024-01-05' - DATE '2024-01-01'
--: interval day to second
--> 4 00:00:00.000

SELECT date_trunc('month', DATE '2024-02-29'), date_trunc('hour', TIMESTAMP '2024-01-01 10:59:59'), date_trunc('week', DATE '2024-01-04'), date_trunc('year', TIMESTAMP '2024-05-05 01:02:03')
--: date | timestamp | date | timestamp
--> 2024-02-01 | 2024-01-01 10:00:00.000 | 2024-01-01 | 2024-01-01 00:00:00.000

SELECT year(d), month(d), day(d), quarter(d), week(d), day_of_week(d), dow(d), day_of_year(d), day_of_month(d), year_of_week(d) FROM (SELECT DATE '2024-12-30' AS d)
--> 2024 | 12 | 30 | 4 | 1 | 1 | 1 | 365 | 30 | 2025

SELECT hour(t), minute(t), second(t), millisecond(t) FROM (SELECT TIMESTAMP '2024-01-01 10:11:12.345' AS t)
--: bigint | bigint | bigint | bigint
--> 10 | 11 | 12 | 345

SELECT extract(YEAR FROM DATE '2024-05-06'), extract(DOW FROM DATE '2024-05-05'), extract(DAY_OF_YEAR FROM DATE '2024-02-01')
--> 2024 | 7 | 32

SELECT date_format(TIMESTAMP '2024-03-05 14:07:09', '%Y-%m-%d %H:%i:%s'), date_format(DATE '2024-03-05', '%d %b %Y'), date_format(TIMESTAMP '2024-03-05 14:07:09', '%W %M %e, %h:%i %p')
--> 2024-03-05 14:07:09 | 05 Mar 2024 | Tuesday March 5, 02:07 PM

SELECT date_parse('2024-03-05 14:07', '%Y-%m-%d %H:%i'), date(date_parse('05/03/2024', '%d/%m/%Y'))
--: timestamp | date
--> 2024-03-05 14:07:00.000 | 2024-03-05

SELECT date_parse('nonsense', '%Y-%m-%d')
--! INVALID_FUNCTION_ARGUMENT: Invalid format: "nonsense"

SELECT format_datetime(TIMESTAMP '2024-03-05 14:07:09', 'yyyy-MM-dd''T''HH:mm:ss'), parse_datetime('2024/03/05', 'yyyy/MM/dd')
--: varchar | timestamp with time zone
--> 2024-03-05T14:07:09 | 2024-03-05 00:00:00.000 UTC

SELECT from_unixtime(0), to_unixtime(TIMESTAMP '1970-01-02 00:00:00'), from_unixtime(1.5e0)
--: timestamp with time zone | double | timestamp with time zone
--> 1970-01-01 00:00:00.000 UTC | 86400.0 | 1970-01-01 00:00:01.500 UTC

SELECT from_iso8601_timestamp('2024-01-01T02:00:00+01:00'), from_iso8601_date('2024-01-01'), to_iso8601(DATE '2024-01-01'), to_iso8601(TIMESTAMP '2024-01-01 01:02:03')
--> 2024-01-01 02:00:00.000 +01:00 | 2024-01-01 | 2024-01-01 | 2024-01-01T01:02:03.000

SELECT hour(t), day(t), date(t), date_format(t, '%H:%i'), to_iso8601(t), CAST(t AS timestamp), CAST(t AS varchar) FROM (SELECT from_iso8601_timestamp('2020-01-01T23:30:00-05:00') AS t)
--: bigint | bigint | date | varchar | varchar | timestamp | varchar
--> 23 | 1 | 2020-01-01 | 23:30 | 2020-01-01T23:30:00.000-05:00 | 2020-01-01 23:30:00.000 | 2020-01-01 23:30:00.000 -05:00

SELECT t, hour(t) FROM (SELECT from_iso8601_timestamp(s) AS t FROM (VALUES '2024-06-01T12:00:00+02:00', '2024-06-01T09:00:00Z', '2024-06-01T04:00:00-04:00') v(s)) ORDER BY t
--: timestamp with time zone | bigint
--> 2024-06-01 04:00:00.000 -04:00 | 4
--> 2024-06-01 09:00:00.000 UTC | 9
--> 2024-06-01 12:00:00.000 +02:00 | 12

SELECT TIMESTAMP '2020-07-01 10:00:00 Europe/Berlin', TIMESTAMP '2020-07-01 10:00:00 Europe/Berlin' = TIMESTAMP '2020-07-01 08:00:00 UTC', TIMESTAMP '2020-07-01 10:00:00 Europe/Berlin' IN (TIMESTAMP '2020-07-01 13:30:00 +05:30'), at_timezone(from_unixtime(0), 'Asia/Kolkata'), with_timezone(TIMESTAMP '2020-07-01 10:00:00', '-03:30')
--> 2020-07-01 10:00:00.000 Europe/Berlin | true | true | 1970-01-01 05:30:00.000 Asia/Kolkata | 2020-07-01 10:00:00.000 -03:30

SELECT date_add('day', 1, t), date_add('hour', 24, t), t + INTERVAL '1' HOUR, date_trunc('day', t), to_unixtime(t), date_diff('hour', t, from_unixtime(1585382400)) FROM (SELECT TIMESTAMP '2020-03-28 10:00:00 Europe/Berlin' AS t)
--> 2020-03-29 10:00:00.000 Europe/Berlin | 2020-03-29 11:00:00.000 Europe/Berlin | 2020-03-28 11:00:00.000 Europe/Berlin | 2020-03-28 00:00:00.000 Europe/Berlin | 1.585386E9 | -1

SELECT at_timezone(now(), 'No/Where')
--! INVALID_FUNCTION_ARGUMENT: 'No/Where' is not a valid time zone

SELECT try(at_timezone(now(), 'No/Where')), hour(CAST(NULL AS timestamp with time zone))
--> NULL | NULL

SELECT CAST('2024-01-01' AS date), CAST(TIMESTAMP '2024-01-01 05:00:00' AS date), CAST(DATE '2024-01-01' AS timestamp), CAST(TIMESTAMP '2024-01-01 05:00:00' AS varchar), CAST(DATE '2024-01-01' AS varchar)
--> 2024-01-01 | 2024-01-01 | 2024-01-01 00:00:00.000 | 2024-01-01 05:00:00.000 | 2024-01-01

SELECT CAST('not a date' AS date)
--! INVALID_CAST_ARGUMENT: Value cannot be cast to date: not a date

SELECT last_day_of_month(DATE '2024-02-03'), current_date = date(now()), current_timestamp > TIMESTAMP '2024-01-01 00:00:00 UTC'
--> 2024-02-29 | true | true

SELECT recorded, year(recorded), count(*) OVER (PARTITION BY year(recorded)) FROM recordings WHERE month(recorded) IN (2, 12) ORDER BY 1
--> 2020-12-31 | 2020 | 1
--> 2022-02-28 | 2022 | 1

SELECT hour(TIMESTAMP '2024-06-01 12:00:00 UTC' AT TIME ZONE 'America/New_York')
--> 8

SELECT x FROM UNNEST(sequence(DATE '2024-01-01', DATE '2024-03-01', INTERVAL '1' MONTH)) AS t (x)
--> 2024-01-01
--> 2024-02-01
--> 2024-03-01

SELECT date_add('fortnight', 1, DATE '2024-01-01')
--! INVALID_FUNCTION_ARGUMENT: 'fortnight' is not a valid
