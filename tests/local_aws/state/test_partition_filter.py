"""A Glue expression keeps the partitions that it holds for, by their keys' types."""

import pytest

from local_aws.errors import AwsError
from local_aws.state.partition_filter import matching, sql_type

KEYS = [{"Name": "year", "Type": "int"}, {"Name": "site", "Type": "string"}]
MARSH_23, MARSH_24, WOOD_24, WOOD_9 = (
    {"Values": values}
    for values in (["2023", "marsh"], ["2024", "marsh"], ["2024", "wood"], ["9", "wood"])
)
ALL = [MARSH_23, MARSH_24, WOOD_24, WOOD_9]


@pytest.mark.parametrize(
    "expression, partitions",
    [
        ("year = 2024", [MARSH_24, WOOD_24]),
        ("year > 2023 AND site = 'wood'", [WOOD_24]),
        ("site LIKE 'm%'", [MARSH_23, MARSH_24]),
        ("year IN (2023)", [MARSH_23]),
        ("year BETWEEN 2024 AND 2025", [MARSH_24, WOOD_24]),
        ("year < 10", [WOOD_9]),
        ("year = 1", []),
    ],
)
def test_partitions_are_filtered_by_typed_expressions(expression, partitions):
    assert matching(KEYS, ALL, expression) == partitions


def test_a_value_that_is_not_of_its_keys_type_is_kept_by_no_comparison():
    odd = {"Values": ["__HIVE_DEFAULT_PARTITION__", "wood"]}
    assert matching(KEYS, [odd, WOOD_9], "year > 0") == [WOOD_9]


def test_an_expression_over_other_names_is_refused():
    with pytest.raises(AwsError, match="Unsupported expression 'nope = 1'"):
        matching(KEYS, ALL, "nope = 1")


def test_an_expression_reaches_no_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    with pytest.raises(AwsError, match="Unsupported expression"):
        matching(KEYS, ALL, f"(SELECT count(*) FROM read_text('{secret}')) > 0")


@pytest.mark.parametrize(
    "glue, duckdb",
    [
        ("INT", "BIGINT"),
        ("string", "VARCHAR"),
        ("varchar(10)", "VARCHAR"),
        ("decimal(10,2)", "decimal(10,2)"),
        ("date", "DATE"),
        ("timestamp", "TIMESTAMP"),
    ],
)
def test_a_key_has_a_type_that_compares_as_glues_does(glue, duckdb):
    assert sql_type(glue) == duckdb
