import json

import pytest
from amazon.ion import simpleion

from local_aws.services.athena.tables.ion import parse_ion, to_json
from tests.local_aws.services.athena.sample_tables import OPENX


def test_pretty_printed_json_is_an_error_for_openx_and_rows_for_ion(cloud):
    text = json.dumps({"N": 3}, indent=4).encode()
    cloud.store.put("lake", "pretty/a.json", text)
    for name, form in (("o", OPENX), ("i", "STORED AS ION")):
        cloud.run(f"CREATE EXTERNAL TABLE {name} (n int) {form} LOCATION 's3://lake/pretty/'")
    assert cloud.reason(cloud.start("SELECT * FROM o")).startswith("HIVE_CURSOR_ERROR")
    assert cloud.rows("SELECT n FROM i") == [(3,)]


@pytest.mark.parametrize(
    "ion, document",
    [
        ("{a: 1, 'b c': \"x\", d: sym}", {"a": 1, "b c": "x", "d": "sym"}),
        ("{a: 1.5, b: 0x1F, c: null.int, d: true}", {"a": 1.5, "b": 31, "c": None, "d": True}),
        ("{a: [1, {b: nan}], c: -inf}", {"a": [1, {"b": "NaN"}], "c": "-Infinity"}),
        ("{a: 2024-01-01, b: x::2024-02-03T10:00Z}", {"a": "2024-01-01", "b": "2024-02-03T10:00Z"}),
        ('{a: {{aGVsbG8=}}, b: {{"clob"}}}', {"a": "aGVsbG8=", "b": "clob"}),
    ],
)
def test_ion_values_are_the_json_that_columns_are_filled_from(ion, document):
    [value] = parse_ion(ion.encode())
    assert json.loads(to_json(value)) == document


def test_text_and_binary_ion_are_read_beside_json(cloud):
    texts = b"$ion_1_0 {n: 1} {n: 2}", b'{"n": 3}', simpleion.dumps({"n": 4}, binary=True)
    for number, data in enumerate(texts):
        cloud.store.put("lake", f"mixed/{number}", data)
    cloud.run("CREATE EXTERNAL TABLE t (n int) STORED AS ION LOCATION 's3://lake/mixed/'")
    assert cloud.rows("SELECT n FROM t ORDER BY n") == [(1,), (2,), (3,), (4,)]


def test_a_text_of_any_length_is_read(cloud):
    cloud.store.put("lake", "long/a", b"{s: '" + b"x" * 100_000 + b"'}")
    cloud.run("CREATE EXTERNAL TABLE t (s string) STORED AS ION LOCATION 's3://lake/long/'")
    assert cloud.rows("SELECT length(s) FROM t") == [(100_000,)]


@pytest.mark.parametrize("data", [b"{n: 1", b"{n 1}", b"\xe0\x01\x00\xea\xff\xff"])
def test_a_file_that_is_not_ion_fails_the_query_and_is_named(cloud, data):
    cloud.store.put("lake", "bad/a", data)
    cloud.run("CREATE EXTERNAL TABLE t (n int) STORED AS ION LOCATION 's3://lake/bad/'")
    reason = cloud.reason(cloud.start("SELECT * FROM t"))
    assert reason.startswith("HIVE_CURSOR_ERROR: Error reading Ion")
    assert "s3://lake/bad/a" in reason
