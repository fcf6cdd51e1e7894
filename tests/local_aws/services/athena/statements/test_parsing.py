"""A statement's kind, Athena's types of it, and its pieces."""

import pytest

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.statements.parsing import parse_statement


@pytest.mark.parametrize(
    "text, kind, category, substatement",
    [
        ("SELECT 1", "query", "DML", "SELECT"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "query", "DML", "SELECT"),
        ("CREATE TABLE t AS SELECT 1 AS a", "ctas", "DDL", "CREATE_TABLE_AS_SELECT"),
        ("CREATE EXTERNAL TABLE t (a int)", "create_table", "DDL", "CREATE_TABLE"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1 AS a", "create_view", "DDL", "CREATE_VIEW"),
        ("DROP TABLE t", "drop_table", "DDL", "DROP_TABLE"),
        ("INSERT INTO t SELECT 1", "insert", "DML", "INSERT"),
        ("UNLOAD (SELECT 1) TO 's3://b/' WITH (format = 'ORC')", "unload", "DML", "UNLOAD"),
        ("SHOW TABLES IN birds 'a*'", "show_tables", "UTILITY", "SHOW_TABLES"),
        ("DESCRIBE t", "describe", "UTILITY", "DESCRIBE_TABLE"),
        ("MSCK REPAIR TABLE t", "msck", "DDL", "MSCK_REPAIR_TABLE"),
        ("EXPLAIN SELECT 1", "explain", "UTILITY", "EXPLAIN"),
        ("PREPARE p FROM SELECT ?", "prepare", "DDL", "PREPARE"),
        ("EXECUTE p USING 1, 'a'", "execute", "DML", "EXECUTE"),
        ("DEALLOCATE PREPARE p", "deallocate", "DDL", "DEALLOCATE_PREPARE"),
    ],
)  # fmt: skip
def test_a_statement_has_athenas_types(text, kind, category, substatement):
    statement = parse_statement(text)
    types = (statement.kind, statement.category, statement.substatement)
    assert types == (kind, category, substatement)


@pytest.mark.parametrize(
    "text, parts",
    [
        ("DROP DATABASE IF EXISTS Birds CASCADE",
         {"name": (None, "birds"), "exists": True, "cascade": True}),
        ("CREATE TABLE t WITH (format = 'ORC') AS SELECT 1 AS a WITH NO DATA",
         {"name": (None, "t"), "properties": {"format": "ORC"}, "data": False}),
        ("INSERT INTO b.t (x, y) VALUES (1, 2)", {"name": ("b", "t"), "columns": ["x", "y"]}),
        ("SHOW COLUMNS IN t FROM b", {"name": ("b", "t")}),
        ("SHOW TBLPROPERTIES t ('k')", {"name": (None, "t"), "key": "k"}),
        ("EXECUTE p USING 1, 'a'", {"name": "p", "values": ["1", "'a'"]}),
        ("CREATE DATABASE b COMMENT 'x' LOCATION 's3://b/'",
         {"body": {"Name": "b", "Description": "x", "LocationUri": "s3://b/"}, "exists": False}),
        ("EXPLAIN ANALYZE SELECT 1", {"analyze": True, "options": ""}),
    ],
)  # fmt: skip
def test_a_statement_is_taken_to_pieces(text, parts):
    read = parse_statement(text).parts
    assert {name: read[name] for name in parts} == parts


def test_a_query_within_a_statement_keeps_its_place():
    text = parse_statement("CREATE TABLE t AS\nSELECT 1 AS a").parts["text"]
    assert text.split("\n") == [" " * 17, "SELECT 1 AS a"]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', 'ANALYZE'"),
        ("DROP t", "line 1:6: mismatched input 't'. Expecting: 'DATABASE'"),
        ("INSERT INTO t SELECT (", "line 1:23: mismatched input '<EOF>'"),
        ("UPDATE t SET a = 1", "Queries of this type are not supported: UPDATE (only Iceberg"),
        ("SHOW TABLES 'a' 'b'", "line 1:17: mismatched input ''b''. Expecting: <EOF>"),
    ],
)
def test_what_is_no_statement_is_refused_where_it_breaks(text, reason):
    with pytest.raises(MalformedQuery) as refused:
        parse_statement(text)
    assert refused.value.reason.startswith(reason)
