"""New records are told from known ones, and whole batches that are wrong are stopped."""

import io
from dataclasses import replace

import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st

from helpers import exploration
from helpers.datasets import load_dataset
from helpers.exploration import Looked, check_batch, document
from helpers.manifest import Manifest, SplitInfo
from helpers.samples import Record
from helpers.storage import Entry

LABELS = ["a", "b", "c", "d", "e"]


def record(n, label="a"):
    return Record(f"id{n}", f"media/{n}.jpg", label, (f"group{n}",))


def manifest(etags):
    empty = SplitInfo(0, 0, {}, [], [])
    splits = dict.fromkeys(("train", "validation", "test"), empty)
    return Manifest("bins", "jpg", 0, LABELS, splits, {}, sources={"etags": etags})


def batch(number, right, **changes):
    """Return a batch of which the live model names so many as their labels do."""
    seen = [Looked(record(n, LABELS[n % 5]), False, False, LABELS[n % 5]) for n in range(number)]
    wrong = [replace(each, answer=LABELS[(n + 1) % 5]) for n, each in enumerate(seen)]
    return [replace(each, **changes) for each in (*seen[:right], *wrong[right:])]


def failed(seen, accuracy=0.9):
    return {each.name for each in check_batch(seen, LABELS, accuracy) if not each.passed}


def test_what_a_manifest_does_not_know_is_new():
    objects = [Entry(f"media/{n}.jpg", 3, f"etag{n}") for n in range(3)]
    known = manifest({"media/0.jpg": "etag0", "media/1.jpg": "another"})
    new = exploration.new_records([record(0), record(1), record(2)], objects, known)
    assert [each.id for each in new] == ["id1", "id2"]


def test_copies_of_known_objects_and_of_one_another_are_found():
    etags = ["x", "y", "y", "z"]
    objects = [Entry(f"media/{n}.jpg", 3, etag) for n, etag in enumerate(etags)]
    known = manifest({"media/9.jpg": "x"})
    found = exploration.copies([record(n) for n in range(4)], objects, known)
    assert found == {"media/0.jpg", "media/1.jpg", "media/2.jpg"}


def test_a_good_batch_passes_and_says_so():
    checks = check_batch(batch(40, 30), LABELS, 0.9)
    assert document(checks)["passed"] and document(checks)["reason"] == "all checks passed"
    assert document(checks)["records"] == 40


@pytest.mark.parametrize(
    "seen, check",
    [
        ([], "records"),
        (batch(40, 6), "labels"),
        (batch(40, 40, is_copy=True), "copies"),
        (batch(40, 40, is_empty=True, answer=None), "empty"),
        (batch(40, 40, record=record(0, "new")), "classes"),
    ],
)
def test_a_batch_that_is_wrong_is_stopped_by_its_check(seen, check):
    assert check in failed(seen)
    assert not document(check_batch(seen, LABELS, 0.9))["passed"]


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_labels_that_are_as_right_as_expected_are_stopped_at_the_stated_rate(number, seed):
    right = np.random.default_rng(seed).binomial(number, 0.6 * 0.9, size=4000)
    stopped = {k: "labels" in failed(batch(number, int(k))) for k in np.unique(right)}
    assert np.mean([stopped[k] for k in right]) < exploration.RATE + 0.006


def test_the_limit_of_the_labels_is_the_least_share_that_passes():
    number = 40
    checks = [check_batch(batch(number, k), LABELS, 0.9)[-1] for k in range(number + 1)]
    least = next(k for k, check in enumerate(checks) if check.passed)
    assert 0 < least < number
    for k, check in enumerate(checks):
        assert (check.name, check.limit, check.value) == ("labels", least / number, k / number)
        assert check.passed == (check.value >= check.limit)


def test_labels_that_can_not_be_judged_say_so():
    check = check_batch(batch(40, 0), LABELS, None)[-1]
    assert (check.name, check.passed) == ("labels", True) and "not judged" in check.reason


def test_a_black_photo_is_empty_and_not_asked_about():
    dataset, asked = load_dataset("bins"), []
    for level, is_empty in ((0, True), (255, False)):
        pixels = np.random.default_rng(0).integers(0, level + 1, (64, 64, 3)).astype(np.uint8)
        data = simplejpeg.encode_jpeg(pixels)
        seen = exploration.look(dataset, record(0), data, False, lambda d: asked.append(d) or "a")
        assert seen.is_empty == is_empty
    assert len(asked) == 1
    assert exploration.look(dataset, record(0), io.BytesIO(b"x").read(), False, str).is_empty


def test_the_page_escapes_what_comes_from_the_data():
    seen = batch(3, 3, record=record(0, "<b>"))
    assert "<b>" not in exploration.page("New", seen, check_batch(seen, LABELS, None))
