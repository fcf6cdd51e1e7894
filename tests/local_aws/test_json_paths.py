"""The paths of batch transform's documentation select what it says; others are refused."""

import pytest

from local_aws.json_paths import selector

ROW = [10, 11, 12, 13, 14, 15, 16]
RECORD = {"id": 7, "f": {"a": 1, "b-c": [5, 6]}, "SageMakerOutput": 0.5}


@pytest.mark.parametrize(
    "path, value, part",
    [
        ("$", RECORD, RECORD),
        ("$.id", RECORD, 7),
        ("$['id']", RECORD, 7),
        ("$['id','SageMakerOutput']", RECORD, {"id": 7, "SageMakerOutput": 0.5}),
        ("$.f.b-c[-1]", RECORD, 6),
        ("$.f.*", RECORD, [1, [5, 6]]),
        ("$.f['a', 'b-c']", RECORD, {"a": 1, "b-c": [5, 6]}),
        ("$[1]", ROW, 11),
        ("$[1,3]", ROW, [11, 13]),
        ("$[1:]", ROW, ROW[1:]),
        ("$[:-1]", ROW, ROW[:-1]),
        ("$[2:4]", ROW, [12, 13]),
        ("$[0,5:]", ROW, [10, 15, 16]),
    ],
)
def test_a_path_selects(path, value, part):
    assert selector(path)(value) == part


@pytest.mark.parametrize(
    "path", ["id", "$..id", "$[?(@.x)]", "$.", "$[", "$['a'", "$[1:2:3]", "$x"]
)
def test_a_path_of_more_than_batch_transform_has_is_refused(path):
    with pytest.raises(ValueError, match="JSONPath"):
        selector(path)


@pytest.mark.parametrize(
    "path, value", [("$[9]", ROW), ("$.no", RECORD), ("$.id", ROW), ("$[0]", "text"), ("$.*", 3)]
)
def test_a_value_without_the_part_is_an_error(path, value):
    with pytest.raises((LookupError, TypeError)):
        selector(path)(value)
