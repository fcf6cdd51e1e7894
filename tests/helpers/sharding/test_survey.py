"""Copies are found before the split: by any number of instances, resumed, told in the manifest."""

import json
import multiprocessing
import shutil
from pathlib import Path

import pytest

from helpers.samples import Record, Relation, Remark
from helpers.sharding import survey
from helpers.sharding.instance import plan_folder
from helpers.storage import LocalFolder
from tests.toy import Toy, Twins, make_raw

RECORDS = [Record(id, f"media/{id}", "l", (f"g{id}",)) for id in "abcd"]


class Counting(LocalFolder):
    """A folder that counts what is read."""

    reads = 0

    def read(self, key: str, size: int | None = None) -> bytes:
        self.reads += 1
        return super().read(key, size)


@pytest.fixture
def raw(tmp_path, monkeypatch) -> LocalFolder:
    monkeypatch.setattr(survey, "PART", 8)
    return LocalFolder(make_raw(tmp_path / "raw", 50))


def look(raw, out, rank=0, instances=1, limit=30.0, dataset=None, earlier=None) -> list[Relation]:
    dataset = dataset or Twins()
    objects = list(raw.list())
    records, _ = dataset.records([entry.key for entry in objects], raw.read)
    how = {"rank": rank, "instances": instances, "threads": 2, "processes": 1, "limit": limit}
    how["earlier"] = earlier and LocalFolder(earlier)
    return survey.survey(dataset, raw, LocalFolder(out), records, objects, **how)


def test_a_data_set_without_a_survey_is_not_looked_at(raw, tmp_path):
    assert look(raw, tmp_path / "out", dataset=Toy()) == []
    assert not (tmp_path / "out").exists()


def test_copies_are_found_and_unreadable_objects_are_no_copies_of_each_other(raw, tmp_path):
    for path in sorted(raw.root.rglob("*-0004?.toy")):
        path.write_bytes(b"cut")
    found = look(raw, tmp_path / "out")
    assert [(one.id[-5:], one.other[-5:], one.dropped) for one in found] == [
        ("00001", "00000", True),
        ("00003", "00002", False),
        ("00005", "00004", True),
    ]


@pytest.mark.parametrize("instances", [2, 3, 9])
def test_any_number_of_instances_finds_the_same(raw, tmp_path, instances):
    fork = multiprocessing.get_context("fork")
    others = [
        fork.Process(target=look, args=(raw, tmp_path / "many", rank, instances))
        for rank in range(1, instances)
    ]
    for process in others:
        process.start()
    assert look(raw, tmp_path / "many", 0, instances) == look(raw, tmp_path / "one")
    for process in others:
        process.join(30)
    assert [process.exitcode for process in others] == [0] * (instances - 1)
    one, many = (tmp_path / name / survey.RELATIONS for name in ("one", "many"))
    assert one.read_bytes() == many.read_bytes()


def test_a_part_that_lies_there_is_not_looked_at_again(raw, tmp_path):
    look(raw, tmp_path / "out")
    (tmp_path / "out" / survey.RELATIONS).unlink()
    (tmp_path / "out" / "survey" / "part-000002.json").unlink()
    counting = Counting(raw.root)
    look(counting, tmp_path / "out")
    assert counting.reads == 8
    look(counting, tmp_path / "out")
    assert counting.reads == 8


def test_later_shards_look_at_new_and_changed_objects_alone(raw, tmp_path):
    first = make_raw(tmp_path / "first", 40)
    look(LocalFolder(first), tmp_path / "old")
    shutil.copytree(first, raw.root, dirs_exist_ok=True)  # with the times, which are the etags
    next(raw.root.rglob("*-00001.toy")).write_bytes(b"12345678")
    counting = Counting(raw.root)
    found = look(counting, tmp_path / "new", earlier=tmp_path / "old")
    assert counting.reads == 10 + 1
    assert found == look(raw, tmp_path / "alone")


def test_findings_of_another_data_set_or_format_are_not_used(raw, tmp_path, monkeypatch):
    look(raw, tmp_path / "old")
    monkeypatch.setattr(survey, "FORMAT", survey.FORMAT + 1)
    counting = Counting(raw.root)
    look(counting, tmp_path / "new", earlier=tmp_path / "old")
    assert counting.reads == 50


def test_parts_of_records_that_are_gone_go(raw, tmp_path):
    look(raw, tmp_path / "out")
    assert len([*(tmp_path / "out" / "survey").glob("part-*.json")]) == 7
    for path in [*raw.root.rglob("*.toy")][8:]:
        path.unlink()
    look(raw, tmp_path / "out")
    assert [
        path.name for path in (tmp_path / "out" / "survey").iterdir() if "part" in path.name
    ] == ["part-000000.json"]


def test_changed_objects_are_looked_at_again(raw, tmp_path):
    before = look(raw, tmp_path / "out")
    next(raw.root.rglob("*-00001.toy")).write_bytes(b"12345678")
    assert len(look(raw, tmp_path / "out")) == len(before) - 1


@pytest.mark.parametrize("rank, what", [(0, "part-000001.json"), (1, "relations.json")])
def test_an_instance_that_never_comes_is_named(raw, tmp_path, rank, what):
    with pytest.raises(TimeoutError, match=f"{what} in .*: another instance failed"):
        look(raw, tmp_path / "out", rank, 2, limit=0.2)


def test_who_adds_nothing_goes_and_who_adds_something_joins_its_original():
    relations = [Relation("b", "a", "no more", True), Relation("d", "a", "longer", False)]
    records, dropped, joined = survey.apply(relations, RECORDS)
    groups = {record.id: record.groups for record in records}
    assert groups == {"a": ("ga", "copies:a"), "c": ("gc",), "d": ("gd", "copies:a")}
    assert dropped == [Remark("media/b", "no more")] and joined == [Remark("media/d", "longer")]


def test_the_plan_keeps_copies_together_and_lists_them(raw):
    relations = look(raw, raw.root.parent / "out")
    plan = plan_folder(Twins(), raw, relate=lambda *_: relations, store="toy")
    place = {r.id[-5:]: shard.split for shard in plan.shards for r in shard.records}
    assert place["00002"] == place["00003"] and not {"00001", "00005"} & place.keys()
    assert [drop.reason[:9] for drop in (*plan.set_aside, *plan.joined)] == ["near copy"] * 3


def test_a_torn_part_is_made_again(raw, tmp_path):
    relations = look(raw, tmp_path / "out")
    (tmp_path / "out" / survey.RELATIONS).write_text(json.dumps({"digest": "other", "rows": []}))
    (tmp_path / "out" / "survey" / "part-000000.json").write_text('{"digest": ')
    assert look(raw, Path(tmp_path / "out")) == relations
