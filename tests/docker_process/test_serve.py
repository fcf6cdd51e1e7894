"""SageMaker's hosting contract, over HTTP: health, answers, refusals, ends.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import json
import os
import re
import signal
import socket
import threading
import time

import psutil
import pytest

from tests.docker_process.conftest import SCRIPT


def test_ping_is_healthy_once_the_model_is_loaded_and_not_before(base, start):
    slow = SCRIPT.replace("return open", "time.sleep(1.5)\n    return open")
    (base / "model" / "code" / "inference.py").write_text(slow)
    server, seen = start(), set()
    while (status := server.ping()) != 200:
        seen.add(status)
        assert server.process.poll() is None, server.log
    assert 503 in seen and seen <= {None, 503}
    assert json.loads(server.ask(b"hello")[1])["model"] == "w"


@pytest.mark.parametrize(
    "script, why",
    [
        (SCRIPT.replace('"weights"', '"none"'), "FileNotFoundError: .*none"),
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_th"),
        ("def model_fn(d): pass", "inference.py has no input_fn, predict_fn, output_fn"),
        (None, "The model has no program .*inference.py"),
    ],
)
def test_a_model_that_can_not_be_loaded_is_never_healthy_and_the_log_says_why(
    base, start, script, why
):
    path = base / "model" / "code" / "inference.py"
    path.write_text(script) if script else path.unlink()
    server = start(SAGEMAKER_MODEL_SERVER_WORKERS="2")
    while server.process.poll() is None:
        assert server.ping() in (None, 503)
    assert server.process.returncode == 1
    assert re.search(why, server.log), server.log


def test_the_program_and_its_folder_may_have_other_names(base, start):
    (base / "model" / "code").rename(base / "elsewhere")
    (base / "elsewhere" / "inference.py").rename(base / "elsewhere" / "answer.py")
    named = {"SAGEMAKER_PROGRAM": "answer.py", "SAGEMAKER_SUBMIT_DIRECTORY": f"{base}/elsewhere"}
    assert start(**named).wait_until_healthy().ask(b"x")[0] == 200


@pytest.mark.parametrize("size", [0, 1, 6_291_456])
def test_a_body_of_any_size_that_an_endpoint_gets_arrives_whole(start, size):
    status, answer = start().wait_until_healthy().ask(bytes(size))
    assert (status, json.loads(answer)["bytes"]) == (200, size)


def test_a_body_larger_than_any_client_may_send_is_refused(start):
    server = start().wait_until_healthy()
    assert server.ask(bytes(100 * 2**20 + 1))[0] == 413
    assert server.ask(b"x")[0] == 200


@pytest.mark.parametrize("method, path, status", [("GET", "/", 404), ("GET", "/invocations", 405)])
def test_nothing_else_is_there(start, method, path, status):
    assert start().wait_until_healthy().request(method, path)[0] == status


def test_ping_is_answered_at_once_while_every_worker_is_busy(start):
    server = start().wait_until_healthy()
    threads = [threading.Thread(target=server.ask, args=(b"sleep 1",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert server.ping() == 200 and time.monotonic() - began < 0.5
    for thread in threads:
        thread.join()


def test_short_requests_pass_a_long_one(start):
    server, over = start().wait_until_healthy(), []
    long = threading.Thread(target=lambda: over.append(server.ask(b"sleep 12")))
    long.start()
    time.sleep(0.3)
    assert [server.ask(b"x")[0] for _ in range(5)] == [200] * 5 and not over
    long.join()
    assert over[0][0] == 200 and len(server.children()) == 2


def test_short_requests_alone_start_no_other_process(start):
    server = start().wait_until_healthy()
    assert {server.ask(b"x")[0] for _ in range(12)} == {200}
    assert len(server.children()) == 1


def test_requests_that_come_at_once_are_shared_by_the_workers_and_none_is_lost(start):
    server = start(SAGEMAKER_MODEL_SERVER_WORKERS="2").wait_until_healthy()
    answers, began = [], time.monotonic()

    def ask(number):
        answers.append(json.loads(server.ask(b"sleep0.3".ljust(number + 20))[1]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["bytes"] for answer in answers) == list(range(20, 28))
    assert len({answer["pid"] for answer in answers}) == 2
    assert time.monotonic() - began < 8 * 0.3


def test_a_client_that_hangs_up_within_its_request_is_a_line_in_the_log(start):
    server = start().wait_until_healthy()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
    deadline = time.monotonic() + 10
    while "hung up" not in server.log and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "hung up after" in server.log and "Traceback" not in server.log
    assert server.ask(b"x")[0] == 200


def test_a_worker_that_dies_is_replaced(start):
    server = start().wait_until_healthy()
    before = json.loads(server.ask(b"x")[1])["pid"]
    status, answer = server.ask(b"die")
    assert status == 500 and b"has ended" in answer
    assert server.ping() == 503  # no process has the model now
    after = json.loads(server.wait_until_healthy().ask(b"x")[1])["pid"]
    assert after != before and "another process takes its place" in server.log


def test_a_worker_that_is_killed_while_it_is_idle_is_replaced_and_no_request_fails(start):
    server = start(SAGEMAKER_MODEL_SERVER_WORKERS="2").wait_until_healthy()
    killed, deadline = server.children()[0], time.monotonic() + 20
    os.kill(killed, signal.SIGKILL)
    while "A process that was idle has ended; another" not in server.log:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert {server.ask(b"x")[0] for _ in range(10)} == {200}
    while len(set(server.children()) - {killed}) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_worker_that_dies_and_leaves_a_child_is_replaced_at_once(start):
    server, began = start().wait_until_healthy(), time.monotonic()
    status, answer = server.ask(b"leave a child and die")
    assert status == 500 and b"has ended" in answer and time.monotonic() - began < 10
    assert server.wait_until_healthy().ask(b"x")[0] == 200


def test_sigterm_lets_a_request_end_that_runs_and_takes_no_other(start):
    server, answers = start().wait_until_healthy(), []
    thread = threading.Thread(target=lambda: answers.append(server.ask(b"sleep 1.5")))
    thread.start()
    time.sleep(0.5)
    # All of its processes get the signal where a supervisor sends it to the group.
    os.killpg(server.process.pid, signal.SIGTERM)
    time.sleep(0.5)
    assert server.ping() is None and server.process.poll() is None
    thread.join()
    assert answers[0][0] == 200
    assert server.process.wait(10) == 0


def test_a_worker_keeps_the_memory_of_its_last_request_for_the_next(start):
    (worker,) = start().wait_until_healthy().children()
    environment = psutil.Process(worker).environ()
    assert environment["MALLOC_MMAP_THRESHOLD_"] == str(32 * 2**20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(start, number):
    server = start(SAGEMAKER_MODEL_SERVER_WORKERS="2").wait_until_healthy()
    children = server.children()
    assert len(children) == 2
    server.process.send_signal(number)
    server.process.wait(10)
    deadline = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{pid}") for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_sigterm_ends_a_server_that_still_loads(base, start):
    path = base / "model" / "code" / "inference.py"
    path.write_text("import time\ntime.sleep(60)")
    server = start()
    while server.ping() != 503:
        time.sleep(0.05)
    server.process.terminate()
    assert server.process.wait(10) == 0
