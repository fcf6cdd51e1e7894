"""Engines are made once, from one set of parts, and reach other services by calls alone."""

import pytest

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.state.objects.store import ObjectStore


class Songs(Engine):
    """Echoes."""

    name = "songs"
    calls = (("songs", "NoteSinger"),)

    def note_singer(self, request):
        """Do what no client may ask for."""
        return {"Noted": request["Name"]}

    def sing_song(self, request):
        if not request:
            raise AwsError("ValidationException", "a song has words")
        return {"Song": request["Words"]}

    def hush(self, request):
        """Answer nothing."""


class Choir(Engine):
    """Is made with another engine."""

    name = "choir"

    def __init__(self, parts):
        super().__init__(parts)
        self.songs = parts.engine(Songs)


TABLE = {("choir", "Join"): Choir, ("songs", "SingSong"): Songs, ("songs", "Hush"): Songs}


@pytest.fixture
def parts(tmp_path):
    """Return parts whose recorded services tell what they were asked."""
    context = Context(tmp_path, "http://127.0.0.1:1", "key", "secret")
    store = ObjectStore(tmp_path / "s3")
    yield Parts(context, store=store, table=TABLE, recorded=None, record=lambda *call: call).build()
    store.close()


def test_an_engine_is_made_once_and_after_those_that_it_was_made_with(parts):
    assert list(parts.engines) == ["songs", "choir"]
    assert parts.engine(Choir).songs is parts.engines["songs"]


def test_a_call_is_answered_by_the_engine_of_its_operation(parts):
    assert parts.call("songs", "SingSong", {"Words": "tweet"}) == {"Song": "tweet"}
    assert parts.call("songs", "Hush", {}) == {}


def test_an_engine_may_call_what_clients_may_not(parts):
    assert parts.has("songs", "NoteSinger") and not parts.is_executed("songs", "NoteSinger")
    assert parts.call("songs", "NoteSinger", {"Name": "wren"}) == {"Noted": "wren"}
    assert parts.has("songs", "SingSong") and not parts.has("songs", "Whistle")


def test_what_an_engine_refuses_reaches_the_caller(parts):
    with pytest.raises(AwsError, match="a song has words"):
        parts.call("songs", "SingSong", {})


def test_what_no_engine_executes_is_recorded(parts):
    assert not parts.is_executed("sns", "Publish") and parts.is_executed("songs", "Hush")
    assert parts.call("sns", "Publish", {"a": 1}) == ("sns", "Publish", {"a": 1})
