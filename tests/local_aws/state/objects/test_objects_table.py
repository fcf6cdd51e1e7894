"""The rows of objects: written, paged in UTF-8 order."""

import pytest

from local_aws.state.objects.index import Index
from local_aws.state.objects.info import pack
from local_aws.state.objects.objects_table import Objects

KEYS = ["B", "a", "a/b", "b", "é"]


@pytest.fixture
def objects(tmp_path):
    """Return the rows of some keys."""
    index = Index(tmp_path / "index.sqlite")
    made = Objects(index, tmp_path, tmp_path / "side")
    for key in reversed(KEYS):
        made.put("birds", key, 1, "etag", 0, None, pack(metadata={"k": key}))
    made.put("bins", "a", 2, "other", 0, None, pack())
    yield made
    index.close()


@pytest.mark.parametrize(
    "low, high, limit, keys",
    [
        ("", None, 9, KEYS),
        ("", None, 2, KEYS[:2]),
        ("a", "b", 9, ["a", "a/b"]),
        ("a/", None, 9, KEYS[2:]),
    ],
)
def test_a_page_begins_with_low_ends_before_high_and_is_of_one_bucket(
    objects, low, high, limit, keys
):
    assert [info.key for info in objects.page("birds", low, high, limit)] == keys


def test_a_deleted_row_is_one_buckets(objects):
    objects.delete("birds", "a")
    assert objects.get("birds", "a") is None and objects.get("bins", "a").size == 2
