"""A result's columns have the lengths of the table's columns that they are."""

import pytest

ANY = 2**31 - 1


@pytest.mark.parametrize(
    "query, lengths",
    [
        ("SELECT code, name, code AS c FROM t", [3, ANY, 3]),
        ("SELECT * FROM t", [3, ANY]),
        ("SELECT code || 'x', upper(name) FROM t", [ANY, ANY]),
        ("SELECT code FROM (SELECT name AS code FROM t)", [ANY]),
        ("SELECT t.code FROM t CROSS JOIN t AS u", [3]),
    ],
)
def test_a_column_with_a_length_keeps_it(cloud, query, lengths):
    cloud.run(
        "CREATE EXTERNAL TABLE t (code varchar(3), name string) "
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://lake/t/'"
    )
    assert [column[4] for column in cloud.run(query).description] == lengths
