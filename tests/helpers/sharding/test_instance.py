"""What instances tell one another: whose shards are done, and when too much was dropped."""

import json

import pytest

from helpers.samples import Record, Remark
from helpers.sharding import instance
from helpers.sharding.instance import TooManyDropped, check_dropped, original_names, wait_for
from helpers.storage import LocalFolder
from tests.toy import Toy, make_raw


@pytest.fixture
def out(tmp_path):
    return LocalFolder(tmp_path / "out")


@pytest.fixture
def plan(tmp_path):
    raw = LocalFolder(make_raw(tmp_path / "raw", 40))
    return instance.plan_folder(Toy(), raw, store="toy", records_per_shard=4)


def note(shard, **more) -> bytes:
    """Return the sidecar of a shard without samples, which needs no tar beside it."""
    return json.dumps({"digest": shard.digest, "samples": 0, "bytes": 0, **more}).encode()


def test_a_shard_is_finished_when_its_sidecar_is_of_this_plan(plan, out):
    first, second, third = plan.shards[:3]
    out.write(first.sidecar, note(first))
    out.write(second.sidecar, note(second, digest="of another plan"))
    out.write(third.sidecar, b"{ half a side")
    assert [*instance.finished(plan, out)] == [first.name]


def test_a_shard_whose_tar_is_missing_or_cut_is_not_finished(plan, out):
    first, second = plan.shards[:2]
    out.write(first.sidecar, note(first, samples=2, bytes=3))
    out.write(second.sidecar, note(second, samples=2, bytes=3))
    out.write(second.tar, b"12")
    assert instance.finished(plan, out) == {}
    out.write(second.tar, b"123")
    assert [*instance.finished(plan, out)] == [second.name]


def test_waiting_ends_with_the_last_shard(plan, out):
    for shard in plan.shards:
        out.write(shard.sidecar, note(shard))
    assert wait_for(plan, out, {}, limit=0).keys() == {shard.name for shard in plan.shards}


def test_an_instance_that_fails_is_not_waited_for_for_ever(plan, out):
    with pytest.raises(TimeoutError, match=f"for {plan.shards[0].sidecar} and .* another instance"):
        wait_for(plan, out, {}, limit=0)


@pytest.mark.parametrize("most, refused", [(0.3, False), (0.2, True)])
def test_too_many_unreadable_objects_are_refused_with_their_causes(most, refused):
    drops = [Remark("a", "truncated"), Remark("b", "truncated"), Remark("c", "empty")]
    notes = [{"unreadable": 2, "dropped": drops[:2]}, {"unreadable": 1, "dropped": drops[2:]}]
    if not refused:
        return check_dropped(notes, 10, most)
    with pytest.raises(TooManyDropped, match="3 of 10 .* more than 20%: 2 x truncated; 1 x empty"):
        check_dropped(notes, 10, most)


def test_a_record_keeps_its_files_name_where_its_id_is_another():
    records = [Record("XC1", "audio/XC1.ogg", "owl", ()), Record("7", "audio/7.ogg", "owl", ())]
    paths = {"audio/7.ogg": "My Birds/owl at night.ogg"}
    assert original_names(records, paths) == {"7": "My Birds/owl at night.ogg"}
