"""Lists that are late: what is new and what is gone shows after the fault's seconds, not before."""

import pytest

from local_aws.state.clock import Clock
from local_aws.state.collection import Collection
from local_aws.state.documents import Documents
from local_aws.state.late_lists import LateLists

SECONDS = 10


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def late():
    """Seconds by which lists are late now; a test changes them."""
    return [SECONDS]


@pytest.fixture
def things(tmp_path, clock, late):
    documents = Documents(tmp_path / "documents.sqlite", LateLists(clock, lambda: late[0]))
    yield Collection(documents, "thing")
    documents.close()


def listed(things):
    return [thing["name"] for thing in things.listed()]


def test_a_new_document_is_there_at_once_and_listed_later(things, clock):
    things.put("wren", {"name": "wren"})
    assert "wren" in things and listed(things) == []
    clock.advance(SECONDS + 1)
    assert listed(things) == ["wren"]


def test_a_deleted_document_is_gone_at_once_and_listed_a_while(things, clock):
    things.put("wren", {"name": "wren"})
    clock.advance(SECONDS + 1)
    things.delete("wren")
    assert "wren" not in things and listed(things) == ["wren"]
    clock.advance(SECONDS + 1)
    assert listed(things) == []


def test_a_change_is_no_creation(things, clock):
    things.put("wren", {"name": "wren"})
    clock.advance(SECONDS + 1)
    things.put("wren", {"name": "wren, changed"})
    assert listed(things) == ["wren, changed"]


def test_what_is_made_again_is_new(things, clock):
    things.put("wren", {"name": "wren"})
    clock.advance(SECONDS + 1)
    things.delete("wren")
    things.put("wren", {"name": "another"})
    assert listed(things) == []
    clock.advance(SECONDS + 1)
    assert listed(things) == ["another"]


def test_kinds_do_not_mix(things):
    others = Collection(things._documents, "other")
    things.put("wren", {"name": "wren"})
    things.delete("wren")
    assert listed(things) == ["wren"] and others.listed() == []


def test_without_the_fault_a_list_is_of_now(things, late):
    late[0] = 0
    things.put("wren", {"name": "wren"})
    assert listed(things) == ["wren"]
    things.delete("wren")
    assert listed(things) == []
