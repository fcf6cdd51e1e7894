"""The manifest: round trip, checks, class weights."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.manifest import (
    BadManifest,
    Manifest,
    ShardInfo,
    SplitInfo,
    class_weights,
    load_manifest,
)
from helpers.samples import Remark
from helpers.storage import LocalFolder

TRAIN = SplitInfo(
    samples=5,
    bytes=30,
    counts={"a": 3, "b": 2},
    groups=["g"],
    shards=[
        ShardInfo("train/train-000000.tar", 3, 20, "00"),
        ShardInfo("train/train-000001.tar", 2, 10, "11"),
    ],
)


def shards_named(name):
    return SplitInfo(5, 30, {"a": 3, "b": 2}, ["g"], [ShardInfo(name, 5, 30, "00")])


EMPTY = SplitInfo(0, 0, {"a": 0, "b": 0}, [], [])
MANIFEST = Manifest(
    dataset="birds",
    store="ogg",
    seed=0,
    labels=["a", "b"],
    splits={"train": TRAIN, "validation": EMPTY, "test": EMPTY},
    class_weights={"a": 0.8, "b": 1.3},
    dropped=[Remark("x.ogg", "empty file")],
    sources={"count": 1, "etags": {"x.ogg": "ü"}},
)


def test_a_manifest_survives_json():
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST


def test_its_account_counts_objects_and_metadata_apart():
    aside = [*MANIFEST.dropped, Remark("y.ogg", "row without its file")]
    account = replace(MANIFEST, dropped=aside, sources={"count": 9, "used": 8}).account
    assert (account.objects, account.used, account.unused, account.rows) == (9, 8, 1, 1)
    assert str(account) == (
        "8 of 9 raw objects gave samples, 1 gave none, each listed with its reason,"
        " beside 1 entry of the metadata without an object"
    )


def test_it_says_what_is_in_it():
    assert repr(MANIFEST) == (
        "<Manifest birds: 2 labels; train 5 in 2 shards, validation 0 in 0 shards,"
        " test 0 in 0 shards; 0 of 1 raw objects used>"
    )


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"version": 2}, "version 2"),
        ({"labels": ["a", "a", "b"]}, "label is listed twice"),
        ({"labels": ["a"], "class_weights": {}}, "unlisted label"),
        ({"class_weights": {"c": 1.0}}, "class weight"),
        ({"splits": {"train": replace(TRAIN, samples=6)}}, "train has 5 samples"),
        ({"splits": {"train": replace(TRAIN, counts={"a": 5, "b": 5})}}, "counts of train"),
        ({"splits": {"train": TRAIN, "test": TRAIN}}, "shard is listed twice"),
        ({"splits": {"train": shards_named("../train.tar")}}, "'../train.tar' is no shard's name"),
        ({"splits": {"train": shards_named("/etc/passwd")}}, "'/etc/passwd' is no shard's name"),
        (
            {"sources": {"count": 3, "used": 1, "etags": {}}},
            "1 of 3 raw objects, drops 1",
        ),
        ({"sources": {"count": 1, "used": 2, "etags": {}}}, "2 of 1 raw objects"),
    ],
)
def test_a_contradiction_is_named(change, problem):
    with pytest.raises(BadManifest, match=problem):
        Manifest.from_json(replace(MANIFEST, **change).to_json())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"splits": 3}', MANIFEST.to_json()[:300]])
def test_what_is_no_manifest_says_what_to_run(text):
    with pytest.raises(BadManifest, match="run notebooks/04 again"):
        Manifest.from_json(text)


def test_an_unknown_field_is_refused():
    raw = json.loads(MANIFEST.to_json()) | {"extra": 1}
    with pytest.raises(BadManifest, match="extra"):
        Manifest.from_json(json.dumps(raw))


def test_a_missing_manifest_says_what_to_run_first(tmp_path):
    with pytest.raises(BadManifest, match="run notebooks/04 first"):
        load_manifest(LocalFolder(tmp_path))


@pytest.mark.parametrize("split", ["test", "validate"])
def test_an_empty_or_unknown_split_is_an_error(split):
    with pytest.raises(BadManifest, match=f"'{split}' of birds, only in \\['train'\\]"):
        MANIFEST.split(split)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 1000), min_size=1))
def test_class_weights_have_mean_1_over_samples(counts):
    weights, total = class_weights(counts), sum(counts.values())
    if total:
        mean = sum(weights[label] * count for label, count in counts.items()) / total
        assert mean == pytest.approx(1, abs=1e-3)
    assert all((weights[label] == 0) == (count == 0) for label, count in counts.items())


def test_a_rarer_label_weighs_more():
    assert class_weights({"a": 30, "b": 10}) == {"a": 0.666667, "b": 2.0}
