"""Lines are read as OpenX's parser reads them, and refused where it refuses them."""

import json

import pytest

from local_aws.services.athena.tables.lenient_json import Malformed, strict


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('{"a":1}{"a":2}', {"a": 1}),
        ('{"a":1}, # note', {"a": 1}),
        ("{'a': 'it\\'s', 'n': -1.5e3}", {"a": "it's", "n": -1500.0}),
        ("{a: b c, n: 03, t: TRUE, f: false, z: null}",
         {"a": "b c", "n": 3, "t": True, "f": False, "z": None}),
        ('{"a" = 1; "b" => [1, , [2; 3]],}', {"a": 1, "b": [1, None, [2, 3]]}),
        ('{"a":{"b":{}},"c":"\\u00fc\\n\\q"}', {"a": {"b": {}}, "c": "ü\nq"}),
        ('{"a":"\\ud83d\\ude00 \\ud83d"}', {"a": "😀 \ufffd"}),
        ("  {1: 2}", {"1": 2}),
        ("{a: 1e999, b: %s}" % ("9" * 5000), {"a": "1e999", "b": "9" * 5000}),
    ],
)  # fmt: skip
def test_a_lenient_line_becomes_strict_json(line, value):
    assert json.loads(strict(line)) == value


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1]", "must begin with '{'"),
        ("", "must begin with '{'"),
        ('{"a":1', "Expected a ',' or '}'"),
        ('{"a"}', "Expected a ':'"),
        ('{"a":}', "Missing value"),
        ('{"a":"b', "Unterminated string"),
        ('{"a":[1', "Expected a ',' or ']'"),
        ('{"a":"\\u12"}', "Illegal escape"),
        ("{'a':1,'a':2}", 'Duplicate key "a"'),
        ("{a:" * 100_000, "nested too deeply"),
    ],
)
def test_what_openx_cannot_read_is_refused(line, words):
    with pytest.raises(Malformed) as refused:
        strict(line)
    assert words in str(refused.value)


def rows(cloud, columns, text, extra=""):
    """Return the rows of an OpenX table over one file, or the reason of the failure."""
    cloud.store.put("lake", "t/a", text.encode())
    cloud.run(
        f"CREATE EXTERNAL TABLE t ({columns}) ROW FORMAT SERDE "
        f"'org.openx.data.jsonserde.JsonSerDe' {extra} LOCATION 's3://lake/t/'"
    )
    return cloud.outcome("SELECT * FROM t")


@pytest.mark.parametrize(
    ("columns", "text", "expected"),
    [
        ("a array<int>", '{"a":5}\n{"a":""}\n{"a":[6]}', [["[5]"], [None], ["[6]"]]),
        ("t timestamp", '{"t":0}\n{"t":1577934245123}',
         [["1970-01-01 00:00:00.000"], ["2020-01-02 03:04:05.123"]]),
        ("b boolean", '{"b":true}\n{"b":"True"}\n{"b":0}\n{"b":null}',
         [["true"], ["true"], ["false"], [None]]),
        ("a string, n int", "{'a':'x','n':1}\n{\"a\":\"y\",\"n\":2}", [["x", "1"], ["y", "2"]]),
    ],
)  # fmt: skip
def test_a_value_is_converted_as_by_openx(cloud, columns, text, expected):
    assert rows(cloud, columns, text) == expected


@pytest.mark.parametrize(
    ("columns", "text"), [("a array<int>", '{"a":"many"}'), ("t timestamp", '{"t":"soon"}')]
)
def test_a_value_that_cannot_be_converted_is_bad_data(cloud, columns, text):
    assert "HIVE_BAD_DATA" in rows(cloud, columns, text)


def test_a_line_that_is_no_object_is_ignored_where_the_table_says_so(cloud):
    extra = "WITH SERDEPROPERTIES ('ignore.malformed.json'='true')"
    assert rows(cloud, "n int", "{n:1}\nnonsense\n", extra) == [["1"], [None]]
