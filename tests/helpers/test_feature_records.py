"""Records that AWS leaves unprocessed are asked for again; errors of a record end the read."""

import pytest

from helpers import feature_records
from helpers.feature_records import get_records


class Runtime:
    """Answers one identifier a request and leaves the others, or tells of an error."""

    def __init__(self, error=None):
        self.error, self.requests = error, 0

    def batch_get_record(self, Identifiers):
        self.requests += 1
        (asked,) = Identifiers
        first, *others = asked["RecordIdentifiersValueAsString"]
        record = [{"FeatureName": "id", "ValueAsString": first}]
        return {
            "Records": [{"RecordIdentifierValueAsString": first, "Record": record}],
            "Errors": [self.error] if self.error else [],
            "UnprocessedIdentifiers": [
                {**asked, "RecordIdentifiersValueAsString": others} for _ in others[:1]
            ],
        }


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(feature_records, "_pause", lambda number: 0)


def test_what_is_left_unprocessed_is_asked_for_again():
    runtime = Runtime()
    assert get_records(runtime, "group", ["a", "b", "c"]) == {id: {"id": id} for id in "abc"}
    assert runtime.requests == 3


def test_it_is_not_asked_for_for_ever():
    with pytest.raises(RuntimeError, match="AWS left some out 6 times"):
        get_records(Runtime(), "group", map(str, range(20)))


def test_an_error_of_a_record_ends_the_read():
    error = {"ErrorCode": "ValidationError", "ErrorMessage": "no"}
    with pytest.raises(RuntimeError, match="ValidationError"):
        get_records(Runtime(error), "group", ["a"])
