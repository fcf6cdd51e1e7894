"""BirdCLEF's CSV, our JSON and the table over it."""

import json

import pytest

from helpers.datasets.birds import metadata
from tests.places import REAL_DATA

REAL = REAL_DATA / "birds" / "train_metadata.csv"
ROW = {
    "primary_label": "barswa",
    "secondary_labels": "['combul2', 'wlwwar']",
    "type": "['call', 'song']",
    "latitude": "",
    "longitude": "15.4141",
    "rating": "3.5",
    "author": "Ada, the Elder",
    "filename": "barswa/XC1.ogg",
}


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("[]", []),
        ("['']", []),
        ("", []),
        (None, []),
        ("['song']", ["song"]),
        ("['call', \"bird's song\"]", ["call", "bird's song"]),
        ('["song", "call"]', ["song", "call"]),
        ("song", ["song"]),
        ("[song, call]", ["song", "call"]),
        ("['song", ["song"]),
        ("['call' 'song']", ["call", "song"]),
        ("['call'\n \"bird's song\"]", ["call", "bird's song"]),
        ("nan", []),
        ("None", []),
    ],
)
def test_a_list_in_a_string_is_read_whatever_became_of_it(cell, values):
    assert metadata.parse_list(cell) == values


@pytest.mark.parametrize(
    ("cell", "number"),
    [("4.5", 4.5), ("-12.8302", -12.8302), ("", None), ("nan", None), ("inf", None), ("?", None)],
)
def test_a_number_is_a_number_or_nothing(cell, number):
    assert metadata.parse_number(cell) == number


def test_the_json_is_one_line_with_arrays_numbers_and_nulls():
    data = metadata.to_json("XC1", ROW, recorded_on="2021-05-14")
    assert data.count(b"\n") == 1 and data.endswith(b"\n")
    read = json.loads(data)
    assert (read["latitude"], read["longitude"], read["rating"]) == (None, 15.4141, 3.5)
    assert read["secondary_labels"] == ["combul2", "wlwwar"] and read["type"] == ["call", "song"]
    assert read["recorded_on"] == "2021-05-14" and read["recorded_at"] is None
    assert all(key == key.lower() for key in read)


def test_the_table_names_exactly_the_keys_of_the_json():
    statement = metadata.ddl("course", "recordings", "s3://bucket/raw/birds/metadata")
    columns = [line.split("`")[1] for line in statement.splitlines() if line.startswith("  `")]
    assert columns == list(json.loads(metadata.to_json("XC1", ROW)))
    assert statement.endswith("LOCATION 's3://bucket/raw/birds/metadata/'")
    assert "org.openx.data.jsonserde.JsonSerDe" in statement


@pytest.mark.parametrize("table", [b"", b"filename,author\r\nx.ogg,me\r\n"])
def test_a_table_without_labels_is_refused_with_the_columns_expected(table):
    with pytest.raises(ValueError, match="primary_label.*secondary_labels"):
        metadata.read_table(table)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_table_is_read_in_each_encoding_that_its_first_bytes_tell(encoding):
    table = metadata.write_table([ROW | {"author": "J. Müller"}]).decode().encode(encoding)
    assert metadata.read_table(table)[0]["author"] == "J. Müller"


@pytest.mark.parametrize(
    ("author", "reason"),
    [
        ("J. Müller".encode("cp1252"), "line 2.*CSV UTF-8"),
        (b"x" * 200_000, "line 2.*shorten the cell"),
    ],
)
def test_a_table_that_cannot_be_read_names_the_line_and_what_to_do(author, reason):
    table = metadata.write_table([ROW]).replace(b"Ada, the Elder", author)
    with pytest.raises(ValueError, match=f"train_metadata.csv.*{reason}"):
        metadata.read_table(table)


def test_ids_are_stems_and_take_the_label_where_stems_repeat():
    names = ["owl/1.wav", "rook/1.wav", "rook/XC7.a.ogg", "rook/x y.ogg", "rook/XC8.ogg"]
    *ids, odd, blank, plain = metadata.recording_ids(names)
    assert (ids, plain) == (["owl-1", "rook-1"], "XC8")
    assert odd.startswith("XC7_a-") and blank.startswith("x_y-")


def test_a_row_given_twice_keeps_its_id_so_that_it_can_be_told():
    assert metadata.recording_ids(["a/XC1.ogg", "a/XC1.ogg"]) == ["XC1", "XC1"]


@pytest.mark.skipif(not REAL.exists(), reason="../shared/real is not on this machine")
def test_the_real_table_is_read_row_for_row_and_written_back_byte_for_byte():
    data = REAL.read_bytes()
    rows = metadata.read_table(data)
    assert tuple(rows[0]) == metadata.COLUMNS and metadata.write_table(rows) == data
    files = dict(metadata.json_files(data))
    assert len(files) == len(rows) == 1973
    parsed = [json.loads(line) for line in files.values()]
    assert sum(row["latitude"] is None for row in parsed) == 27
    assert sum(bool(row["secondary_labels"]) for row in parsed) == 262
