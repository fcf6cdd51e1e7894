"""A batch comes with its own ids, can be spoiled in three ways, and goes without a trace."""

import dataclasses

import pytest

from helpers import batches, exploration
from helpers.datasets import NAMES, load_dataset
from helpers.manifest import Manifest, SplitInfo

SMALL = {"birds": {"recordings": 24, "recordists": 3}, "bins": {"images": 12, "broken": 0}}


@pytest.fixture(params=NAMES)
def raw(request, aws, config, tmp_path, monkeypatch):
    """Return the settings of a small raw data set in S3."""
    monkeypatch.setattr(batches, "SIZES", SMALL)
    config, dataset = dataclasses.replace(config, dataset=request.param), request.param
    load_dataset(dataset).make_sample(tmp_path / "raw", **SMALL[dataset])
    for path in (tmp_path / "raw").rglob("*.*"):
        key = config.key("raw", path.relative_to(tmp_path / "raw").as_posix())
        aws.store.put(config.bucket, key, path.read_bytes())
    return config


def records_of(config):
    raw = batches.raw_prefix(config)
    objects = list(raw.list())
    return load_dataset(config.dataset).records([each.key for each in objects], raw.read)[
        0
    ], objects


def test_a_batch_brings_records_and_goes_again_without_a_trace(raw):
    before, objects = records_of(raw)
    batch = batches.good_batch(raw)
    for _ in range(2):  # it may come again
        batches.bring(raw, batch)
    records, now = records_of(raw)
    fresh = {each.id for each in records} - {each.id for each in before}
    assert len(fresh) >= 8 and all(id.startswith("new-") for id in fresh)
    assert len(records) == len(before) + len(fresh)
    batches.take_back(raw, batch)
    assert {(e.key, e.etag) for e in records_of(raw)[1]} == {(e.key, e.etag) for e in objects}


def test_a_drifted_batch_has_other_objects_and_the_same_labels(raw):
    dataset, batch = load_dataset(raw.dataset), batches.good_batch(raw)
    other = batches.drifted(dataset, batch)
    sides = [
        dataset.records(each.files.keys(), each.files.__getitem__)[0] for each in (batch, other)
    ]
    assert [r.label for r in sides[0]] == [r.label for r in sides[1]]
    assert all(batch.files[r.media] != other.files[r.media] for r in sides[1])


def test_each_spoiled_batch_is_what_its_name_says(raw):
    dataset, batch = load_dataset(raw.dataset), batches.good_batch(raw)
    records, objects = records_of(raw)
    etags = {entry.key: entry.etag for entry in objects}
    known = {record.media: etags[record.media] for record in records}
    empty = SplitInfo(0, 0, {}, [], [])
    splits = dict.fromkeys(("train", "validation", "test"), empty)
    manifest = Manifest(dataset.name, "x", 0, [], splits, {}, sources={"etags": known})
    read = batches.raw_prefix(raw).read

    batches.bring(raw, batches.leaked_copies(dataset, batch, manifest, read))
    records, now = records_of(raw)
    new = exploration.new_records(records, now, manifest)
    assert new and exploration.copies(new, now, manifest) == {each.media for each in new}

    silent = batches.empty_objects(dataset, batch)
    for record in new[:3]:
        data = silent.files[record.media]
        assert exploration.look(dataset, record, data, False, lambda data: "asked").answer is None

    wrong = batches.wrong_labels(dataset, batch)
    changed = [each for each in new if wrong.files[each.media] != batch.files[each.media]]
    assert len(changed) > len(new) / 2
    assert sorted(map(len, wrong.files.values())) == sorted(map(len, batch.files.values()))
