"""Requests are refused in time: too many, too slow, or with no process that is free."""

import asyncio
from pathlib import Path

import pytest

WHOLE = [(b"body", False)]


@pytest.fixture
def app(monkeypatch):
    """Return an application whose processes never start."""
    from model_server.app import make_app
    from model_server.settings import Settings

    monkeypatch.setattr("model_server.workers.Workers.start", lambda self: None)
    settings = Settings(Path("/m"), Path("/m/code"), "inference.py", "127.0.0.1", 0, 1, 1)
    return make_app(settings, lambda: None)


async def ask(app, pieces: list[tuple[bytes, bool]]) -> tuple[int, str]:
    """Send a body piece by piece; a body that goes on after its last piece never ends."""
    left, sent = list(pieces), []

    async def receive():
        if not left:
            await asyncio.sleep(60)
        body, more = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": more}

    async def send(message):
        sent.append(message)

    path = {"type": "http", "method": "POST", "path": "/invocations", "headers": []}
    await app({**path, "query_string": b"", "root_path": ""}, receive, send)
    return sent[0]["status"], sent[1]["body"].decode()


def answers(app, *bodies: list[tuple[bytes, bool]]) -> list[tuple[int, str]]:
    """Return what bodies that are sent at once are answered, in the order of the answers."""

    async def run():
        async with app.router.lifespan_context(app):
            asked = [asyncio.create_task(ask(app, body)) for body in bodies]
            return [await one for one in asyncio.as_completed(asked)]

    return asyncio.run(run())


def test_a_request_for_which_no_process_is_free_is_told_so(app, monkeypatch):
    monkeypatch.setattr("model_server.workers.WAIT_SECONDS", 0.05)
    assert answers(app, WHOLE) == [(503, "No process was free within 0 s: ask again later")]


def test_a_body_that_never_ends_is_given_up(app, monkeypatch):
    monkeypatch.setattr("model_server.app.READ_SECONDS", 0.05)
    assert answers(app, [(b"bo", True)]) == [(408, "The body has not come within 0 s")]


def test_a_request_that_is_still_being_read_counts(app, monkeypatch):
    monkeypatch.setattr("model_server.app.READ_SECONDS", 0.05)
    monkeypatch.setattr("model_server.room.MOST_REQUESTS", 1)
    (first, text), (second, _) = answers(app, [(b"bo", True)], WHOLE)
    assert (first, second) == (
        503,
        408,
    ) and text == "1 requests wait for an answer: ask again later"


def test_bytes_that_do_not_fit_are_refused_while_they_come(app, monkeypatch):
    monkeypatch.setattr("model_server.room.MOST_BYTES", 1 << 20)
    ((status, text),) = answers(app, [(bytes(1 << 20), True), (b"x", True)])
    assert status == 503 and "have 1 MB" in text


def test_a_body_beyond_the_limit_is_refused(app, monkeypatch):
    monkeypatch.setattr("model_server.app.MOST_BYTES", 3)
    assert answers(app, WHOLE) == [(413, "A request has at most 3 bytes")]


@pytest.mark.parametrize("limit", ["MOST_REQUESTS", "MOST_BYTES"])
def test_one_that_has_come_whole_is_refused_too_and_gives_its_room_back(app, monkeypatch, limit):
    given = []
    with monkeypatch.context() as patch:
        patch.setattr(f"model_server.room.{limit}", 0)
        app.invoke([], b"body", given.append)
    assert [answer.status for answer in given] == [503]
    monkeypatch.setattr("model_server.room.MOST_REQUESTS", 1)
    monkeypatch.setattr("model_server.room.MOST_BYTES", 4)
    monkeypatch.setattr("model_server.workers.Workers.ask", lambda self, *sent: sent[2]("answer"))
    monkeypatch.setattr("model_server.app.log", lambda *said: None)
    for _ in range(2):
        app.invoke([], b"body", given.append)
    assert given[1:] == ["answer"] * 2
