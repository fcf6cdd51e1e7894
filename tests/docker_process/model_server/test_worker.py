"""A worker's process answers, ends, takes too long: what the event loop is told of each."""

import asyncio
import json
import os
import signal

import pytest


@pytest.fixture
def worked(base):
    """Return a function that loads a worker of the model and does something with it."""
    from model_server.settings import Settings
    from model_server.worker import Worker

    settings = Settings(base / "model", base / "model/code", "inference.py", "127.0.0.1", 0, 1, 1)

    def worked(use):
        async def run():
            told = []
            worker = Worker(settings, lambda one: told.append("lost"), lambda: told.append("long"))
            try:
                await worker.load()
                return await use(worker), told
            finally:
                worker.kill()
                worker.join()

        return asyncio.run(run())

    return worked


async def ask(worker, body: bytes):
    """Return a worker's answer."""
    answered = asyncio.get_running_loop().create_future()
    worker.ask(body, {"accept": "*/*"}, answered.set_result)
    return await answered


@pytest.mark.parametrize("size", [0, 1, 2**18, 2**18 + 1, 6_291_456])
def test_a_body_arrives_whole_and_its_answer_comes_back(worked, size):
    async def use(worker):
        return [await ask(worker, bytes(size)) for _ in range(2)]

    for answer in worked(use)[0]:
        assert (answer.status, answer.content_type) == (200, "application/json")
        assert json.loads(answer.body)["bytes"] == size


def test_one_that_dies_at_a_request_answers_with_an_error_then_and_later(worked):
    async def use(worker):
        answers = [await ask(worker, body) for body in (b"die", b"x")]
        return [(answer.status, worker.is_lost) for answer in answers]

    assert worked(use) == ([(500, True), (500, True)], [])


def test_one_that_dies_without_a_request_is_told(worked):
    async def use(worker):
        os.kill(json.loads((await ask(worker, b"x")).body)["pid"], signal.SIGKILL)
        while not worker.is_lost:
            await asyncio.sleep(0.01)

    assert worked(use)[1] == ["lost"]


def test_a_long_request_is_told_and_answered(worked, monkeypatch):
    monkeypatch.setattr("model_server.worker.LOOK_SECONDS", 0.1)

    async def use(worker):
        return (await ask(worker, b"sleep 0.5")).status

    status, told = worked(use)
    assert status == 200 and set(told) == {"long"}


def test_one_that_takes_too_long_is_given_up(worked, monkeypatch):
    monkeypatch.setattr("model_server.worker.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("model_server.worker.ANSWER_SECONDS", 0.1)

    async def use(worker):
        return await ask(worker, b"sleep 20"), worker.is_lost

    (answer, is_lost), _ = worked(use)
    assert (answer.status, answer.body, is_lost) == (504, b"No prediction within 0 s", True)


def test_a_model_that_can_not_be_loaded_is_told(base, worked):
    from model_server.worker import LoadFailed

    (base / "model/code/inference.py").write_text("import nothing_of_this_name")
    with pytest.raises(LoadFailed):
        worked(None)
