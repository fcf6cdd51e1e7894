SELECT foo FROM recordings
--! COLUMN_NOT_FOUND: line 1:8: Column 'foo' cannot be resolved or requester is not authorized

SELECT id,
  r.nope
FROM recordings r
--! COLUMN_NOT_FOUND: line 2:3: Column 'r.nope' cannot be resolved

SELECT id FROM recordings WHERE nope = 1
--! COLUMN_NOT_FOUND: line 1:33: Column 'nope' cannot be resolved

SELECT id FROM recordings ORDER BY nope
--! COLUMN_NOT_FOUND: line 1:36: Column 'nope' cannot be resolved

SELECT seconds AS s FROM recordings WHERE s > 1
--! COLUMN_NOT_FOUND: line 1:43: Column 's' cannot be resolved

SELECT * FROM nowhere
--! TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.birds.nowhere' does not exist

SELECT * FROM nobody.nowhere
--! SCHEMA_NOT_FOUND: line 1:15: Schema 'nobody' does not exist

SELECT * FROM other.birds.recordings
--! CATALOG_NOT_FOUND: line 1:15: Catalog 'other' does not exist

SELECT label, seconds FROM recordings GROUP BY label
--! EXPRESSION_NOT_AGGREGATE: line 1:15: 'seconds' must be an aggregate expression or appear in GROUP BY clause

SELECT id FROM recordings a JOIN recordings b ON a.id = b.id
--! AMBIGUOUS_NAME: line 1:8: Column 'id' is ambiguous

SELECT * FROM recordings WHERE seconds = '12'
--! TYPE_MISMATCH: line 1:32: Cannot apply operator: integer = varchar(2)

SELECT * FROM recordings WHERE recorded > '2021-01-01'
--! TYPE_MISMATCH: line 1:32: Cannot apply operator: date > varchar(10)

SELECT label + 1 FROM recordings
--! TYPE_MISMATCH: line 1:8: Cannot apply operator: varchar + integer

SELECT label || 1 FROM recordings
--! FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar, integer) for function concat

SELECT sum(label) FROM recordings
--! FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum

SELECT id FROM recordings WHERE seconds
--! TYPE_MISMATCH: line 1:33: WHERE clause must evaluate to a boolean: actual type integer

SELECT id FROM recordings WHERE label IN (1, 2)
--! TYPE_MISMATCH: line 1:43: IN value and list items must be the same type: varchar, integer

SELECT id FROM recordings WHERE recorded BETWEEN '2021-01-01' AND '2022-01-01'
--! TYPE_MISMATCH: line 1:33: Cannot check if date is BETWEEN varchar(10) and varchar(10)

SELECT 1 UNION SELECT 1, 2
--! TYPE_MISMATCH: line 1:23: UNION query has different number of fields: 1, 2

SELECT (SELECT seconds FROM recordings)
--! SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows

SELECT CAST(DATE '2024-01-01' AS integer)
--! TYPE_MISMATCH: line 1:8: Cannot cast date to integer

SELECT x FROM UNNEST(5) AS t (x)
--! TYPE_MISMATCH: line 1:22: Cannot unnest type: integer

SELECT count(*) FROM recordings WHERE count(*) > 1
--! EXPRESSION_NOT_SCALAR: line 1:

SELEC 1
--! line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER'

SELECT id FROM
--! line 1:15: mismatched input '<EOF>'

SELECT id FROM recordings WHERE
--! line 1:32: mismatched input '<EOF>'

SELECT (1 + 2
--! line 1:14: mismatched input '<EOF>'

SELECT 1; SELECT 2
--! Only one sql statement is allowed

DELETE FROM recordings WHERE id = 'XC1'
--! Queries of this type are not supported: DELETE

UPDATE recordings SET id = 'x'
--! Queries of this type are not supported: UPDATE

SELECT * FROM read_csv('/etc/passwd')
--! FUNCTION_NOT_FOUND: line 1:15: Table function 'read_csv' not registered

SELECT * FROM '/etc/passwd'
--! line 1:15: mismatched input ''/etc/passwd''

SELECT * FROM "/etc/passwd"
--! TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.birds./etc/passwd' does not exist

SELECT * FROM broken
--! HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException:

SELECT count(*) FROM lenient
--> 2

SELECT * FROM wrong
--! HIVE_BAD_DATA: Error parsing field value 'two' for field 0: For input string: "two"

SELECT transform(ARRAY[1], (x, y) -> x)
--! INVALID_PARAMETER_USAGE: line 1:29: Expected a lambda that takes 1 argument(s) but got 2

SELECT id FROM recordings WHERE id = ?
--! INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected 1 but found 0

EXECUTE nobody_prepared_this
--! NOT_FOUND: Prepared statement not found: nobody_prepared_this

DESCRIBE nowhere
--! TABLE_NOT_FOUND: Table 'awsdatacatalog.birds.nowhere' does not exist

SHOW PARTITIONS recordings
--! FAILED: SemanticException Table recordings is not a partitioned table

SELECT n FROM misfit
--! HIVE_BAD_DATA: Error parsing field value 'many' for field 0: For input string: "many"

SELECT s FROM misfit
--> {"a":1}
--> 2

SELECT CASE WHEN true THEN 1 ELSE 'a' END
--! TYPE_MISMATCH: line 1:8: All CASE results must be the same type or coercible to a common type. Cannot find common type between integer and varchar(1)

SELECT coalesce(seconds, 'x') FROM recordings
--! TYPE_MISMATCH: line 1:8: All COALESCE operands must be the same type

SELECT json_object('a': 1)
--! line 1:23: mismatched input ':'

SELECT id FROM recordings WHERE lower(label) = 1
--! TYPE_MISMATCH: line 1:33: Cannot apply operator: varchar = integer

SELECT repeat(1, 10001)
--! INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be less than or equal to 10000

SELECT repeat(rpad('a', 1000, 'b'), 1001)
--! INVALID_FUNCTION_ARGUMENT: result of repeat function must not take more than 1000000 bytes

SELECT repeat('a', -1)
--! INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be greater than or equal to 0

SELECT sequence(1, 10001)
--! INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries

SELECT sequence(0, -10000)
--! INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries

SELECT sequence(-9223372036854775807, 9223372036854775807, 3)
--! INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries

SELECT sequence(1, 5, 0)
--! INVALID_FUNCTION_ARGUMENT: step must not be zero

SELECT sequence(5, 1, 1)
--! INVALID_FUNCTION_ARGUMENT: sequence stop value should be greater than or equal to start value

SELECT sequence(TIMESTAMP '2020-01-01 00:00:00', TIMESTAMP '2024-01-01 00:00:00', INTERVAL '1' SECOND)
--! INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries

SELECT sequence(DATE '1900-01-01', DATE '2024-01-01')
--! INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries

SELECT rpad('a', 2000000000, 'b')
--! INVALID_FUNCTION_ARGUMENT: Target length must be in the range

SELECT lpad('a', -1, 'b')
--! INVALID_FUNCTION_ARGUMENT: Target length must be in the range
