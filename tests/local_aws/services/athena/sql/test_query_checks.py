"""Queries that only DuckDB takes are refused in Trino's words."""

import pytest

PAIR = "FROM (VALUES (1, 'a'), (1, 'b')) t(n, s)"


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (f"SELECT n {PAIR} UNION SELECT s {PAIR}", "TYPE_MISMATCH: line 1:"),
        (f"SELECT n, 1 {PAIR} EXCEPT SELECT n, DATE '2024-01-01' {PAIR}", "column 2 in EXCEPT"),
        (f"SELECT DISTINCT n {PAIR} ORDER BY s", "EXPRESSION_NOT_IN_DISTINCT"),
        (f"SELECT DISTINCT n + 1 AS m {PAIR} ORDER BY n", "EXPRESSION_NOT_IN_DISTINCT"),
        (f"SELECT n {PAIR} FETCH FIRST 1 ROW WITH TIES", "MISSING_ORDER_BY"),
        (f"SELECT count(DISTINCT n, s) {PAIR}", "FUNCTION_NOT_FOUND"),
        (f"SELECT n {PAIR} WHERE NOT n", "TYPE_MISMATCH"),
        (f"SELECT n {PAIR} WHERE n = 1 AND s", "TYPE_MISMATCH"),
        ("SELECT j.a FROM (VALUES JSON '{\"a\":1}') t(j)", "TYPE_MISMATCH"),
        ("SELECT CAST('on' AS BOOLEAN)", "INVALID_CAST_ARGUMENT: Cannot cast 'on' to BOOLEAN"),
        ("SELECT CAST('2020-01-01T10:00' AS TIMESTAMP)", "INVALID_CAST_ARGUMENT"),
        ("SELECT CAST('2020-01-01 10:00:00' AS DATE)", "INVALID_CAST_ARGUMENT"),
    ],
)
def test_a_query_that_trino_refuses_is_refused(cloud, sql, code):
    assert code in cloud.outcome(sql)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        (f"SELECT n {PAIR} UNION SELECT 2.5e0 ORDER BY 1", [["1.0"], ["2.5"]]),
        ("SELECT NULL UNION ALL SELECT 'a' ORDER BY 1", [["a"], [None]]),
        (f"SELECT DISTINCT s AS x {PAIR} ORDER BY x DESC", [["b"], ["a"]]),
        (f"SELECT DISTINCT s {PAIR} ORDER BY t.s", [["a"], ["b"]]),
        (f"SELECT DISTINCT n + 1 {PAIR} ORDER BY n + 1", [["2"]]),
        (f"SELECT s {PAIR} ORDER BY n FETCH FIRST 1 ROW WITH TIES", [["a"], ["b"]]),
        (f"SELECT n, count(*) {PAIR} GROUP BY n ORDER BY count(*) FETCH FIRST 1 ROW WITH TIES",
         [["1", "2"]]),
        ("SELECT CAST('T' AS BOOLEAN), TRY_CAST('yes' AS BOOLEAN), CAST('0' AS BOOLEAN)",
         [["true", None, "false"]]),
        ("SELECT TRY_CAST('2020-01-01T1' AS TIMESTAMP), CAST('2020-1-2' AS DATE)",
         [[None, "2020-01-02"]]),
        ("SELECT strpos('a-b-a', 'a', -1), strpos('a-b', 'a', 2), replace('a-b', '-')",
         [["5", "0", "ab"]]),
        ("SELECT url_encode('a b~*ü'), url_decode('a+b%20c')", [["a+b%7E*%C3%BC", "a b c"]]),
    ],
)  # fmt: skip
def test_a_query_that_trino_takes_is_answered(cloud, sql, rows):
    assert cloud.outcome(sql) == rows


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("DECIMAL '12345678901234567890.12' / DECIMAL '3.00'", "4115226300411522630.04"),
        ("DECIMAL '-1.005' / DECIMAL '1.00'", "-1.005"),
        ("CAST(201 AS DECIMAL(10,2)) / 200", "1.01"),
        ("DECIMAL '1' / CAST(NULL AS DECIMAL(3,1))", None),
        ("avg(x) FROM (VALUES DECIMAL '0.01', DECIMAL '0.02') t(x)", "0.02"),
        ("avg(x) FILTER (WHERE x > 1) FROM (VALUES DECIMAL '0.01',"
         " DECIMAL '12345678901234567890.12') t(x)",
         "12345678901234567890.12"),
        ("avg(x) OVER () FROM (VALUES DECIMAL '7.00') t(x)", "7.00"),
        ("avg(DISTINCT x) FROM (VALUES DECIMAL '1.0', DECIMAL '1.0', DECIMAL '2.0') t(x)", "1.5"),
        ("avg(x) FROM (VALUES DECIMAL '1.0') t(x) WHERE x > 2", None),
    ],
)  # fmt: skip
def test_decimals_are_divided_exactly_and_half_is_rounded_up(cloud, sql, value):
    assert cloud.outcome(f"SELECT {sql}") == [[value]]


def test_a_decimal_is_not_divided_by_zero(cloud):
    assert "DIVISION_BY_ZERO" in cloud.outcome("SELECT DECIMAL '1' / DECIMAL '0'")
