"""JSON is read and written by its shape: names, times, bytes, and only what the model has."""

import json
from datetime import UTC, datetime

import pytest

from local_aws.wire import json_documents
from tests.local_aws.wire.shapes import shape

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VALUE = {
    "Text": "é",
    "Time": TIME,
    "Blob": b"\xff",
    "Texts": ["a", "b"],
    "Pairs": {"a": 1},
    "Inner": {"B": 2},
    "Renamed": "r",
}
DOCUMENT = {**VALUE, "Time": 1767323045, "Blob": "/w==", "renamed": "r"}
del DOCUMENT["Renamed"]


def test_a_document_comes_back_as_it_was_written():
    written = json_documents.write(shape("Root"), VALUE)
    assert written == DOCUMENT
    assert json_documents.read(shape("Root"), json.loads(json.dumps(written))) == VALUE


def test_what_the_model_lacks_and_what_is_null_is_left_out_both_ways():
    more = {"Text": None, "_plan": 1, "Inner": {"A": None, "C": 1}}
    for way in (json_documents.read, json_documents.write):
        assert way(shape("Root"), more) == {"Inner": {}}


@pytest.mark.parametrize(
    "value",
    [{"Time": "soon"}, {"Time": True}, {"Blob": "#"}, {"Blob": 7}, {"Texts": "a"}, {"Inner": [1]},
     {"Time": 1e99}],
)  # fmt: skip
def test_what_is_not_as_its_shape_has_it_stays_as_it_is(value):
    assert json_documents.read(shape("Root"), value) == value
