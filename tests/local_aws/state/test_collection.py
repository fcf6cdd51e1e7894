"""Collections keep documents of one kind, whole and one at a time."""

import threading
from datetime import UTC, datetime

import pytest

from local_aws.state.collection import Collection, public
from local_aws.state.documents import Documents


@pytest.fixture
def things(tmp_path):
    return Collection(Documents(tmp_path / "documents.sqlite"), "thing")


def test_what_is_handed_out_is_a_copy(things):
    things.put("a", {"list": [1]})
    things.get("a")["list"].append(2)
    assert things.get("a") == {"list": [1]}


def test_kinds_do_not_see_each_other(tmp_path):
    documents = Documents(tmp_path / "documents.sqlite")
    one, two = Collection(documents, "one"), Collection(documents, "two")
    one.put("a", {"n": 1})
    assert "a" in one and "a" not in two and list(two) == []


def test_an_update_that_raises_changes_nothing(things):
    things.put("a", {"n": 1})

    def change(document):
        document["n"] = 2
        raise ValueError

    with pytest.raises(ValueError):
        things.update("a", change)
    assert things.get("a") == {"n": 1}


def test_updates_from_many_threads_are_all_kept(things):
    things.put("a", {"n": 0})

    def count():
        for _ in range(20):
            things.update("a", lambda document: document.update(n=document["n"] + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert things.get("a") == {"n": 80}


def test_a_name_is_added_once(things):
    assert things.add("a", {"n": 1}) and not things.add("a", {"n": 2})
    assert things.get("a") == {"n": 1}


def test_updating_what_is_gone_is_a_key_error(things):
    things.delete("a")
    with pytest.raises(KeyError):
        things.update("a", dict.clear)


def test_times_come_back_as_they_were(things):
    time = datetime.now(UTC)
    things.put("a", {"time": time})
    assert things.get("a")["time"] == time


def test_an_engines_own_fields_are_not_public():
    assert public({"Name": "a", "_plan": []}) == {"Name": "a"}
