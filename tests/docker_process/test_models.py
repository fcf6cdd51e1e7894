"""`serve` with a model of each data set, as train.py leaves it: answers and refusals."""

import json
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from helpers.networks.onnx_graph import GRAPH
from helpers.predict import Predictor
from tests.hidden_torch import hide_torch
from tests.made_model import SERVED, make_served, request_of
from tests.made_server import MadeServer
from tests.sounds import chirp, file_of, hush, long_mp3, placed


@pytest.fixture(scope="module", params=SERVED)
def served(request, tmp_path_factory):
    """Return a data set's name, its model's folder and a server of it."""
    base = tmp_path_factory.mktemp(request.param)
    model = make_served(base / "model", request.param)
    server = MadeServer(base)
    yield request.param, model, server.wait_until_healthy()
    server.stop()


def test_an_answer_is_the_offline_one(served):
    dataset, model, server = served
    body, kind = request_of(dataset)
    status, headers, answer = server.request("POST", "/invocations", body, Content_Type=kind)
    assert (status, headers["content-type"]) == (200, "application/json")
    offline = Predictor.load(model).predict(body)["probabilities"]
    assert json.loads(answer)["probabilities"] == pytest.approx(offline, abs=1e-5)
    assert "by torch" not in server.log


@pytest.mark.parametrize(
    "body, headers, status, words",
    [
        (b"", {}, 400, "has no body"),
        (b"nonsense", {}, 400, "Can't use this"),
        (None, {"Content_Type": "image/gif"}, 415, "is not one of"),
        (b"{}", {"Content_Type": "application/json"}, 400, "A batch is"),
        (b"\xff", {"Content_Type": "text/csv"}, 400, "is no UTF-8, but text/csv"),
        (None, {"Accept": "text/html"}, 406, "or text/csv, not text/html"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(served, body, headers, status, words):
    dataset, _, server = served
    right, kind = request_of(dataset)
    sent = right if body is None else body
    answered, answer = server.ask(sent, **{"Content_Type": kind, **headers})
    assert answered == status and words in answer.decode()
    assert "Traceback" not in answer.decode()
    assert server.ask(right, Content_Type=kind)[0] == 200


def test_a_model_without_a_graph_ends_the_server_and_the_log_says_what_to_do(tmp_path):
    (make_served(tmp_path / "model", "bins") / GRAPH).unlink()
    server = MadeServer(tmp_path, PYTHONPATH=hide_torch(tmp_path / "hidden"))
    try:
        assert server.process.wait(60) == 1
        assert "The model has no model.onnx" in server.log and "train it again" in server.log
    finally:
        server.stop()


def test_a_truncated_body_of_either_kind_is_the_clients_error(served):
    dataset, _, server = served
    body, kind = request_of(dataset)
    assert server.ask(body[: len(body) // 2], Content_Type=kind)[0] in (200, 400)
    assert "Traceback" not in server.log


@pytest.mark.slow
def test_a_short_clip_passes_an_hour_of_flac_and_twenty_minutes_of_mp3(tmp_path):
    make_served(tmp_path / "model", "birds")
    clip = file_of(placed(chirp(1), 0.5, hush(2)), "FLAC")
    flac, mp3 = file_of(np.zeros(3600 * 8000, np.int16), "FLAC", 8000), long_mp3(1200)
    server = MadeServer(tmp_path).wait_until_healthy()
    try:
        assert server.ask(flac, Content_Type="audio/flac")[0] == 400
        server.ask(mp3, Content_Type="audio/mpeg", seconds=60)  # the spare process is there now
        answers = []
        for body, kind in ((flac, "audio/flac"), (mp3, "audio/mpeg")):
            more = {"Content_Type": kind, "seconds": 60}
            threading.Thread(
                target=lambda body=body, more=more: answers.append(server.ask(body, **more))
            ).start()
        beside = 0
        while len(answers) < 2:
            beside += 1
            assert server.ask(clip, Content_Type="audio/flac")[0] == 200
        assert sorted(status for status, _ in answers) == [200, 400]
        assert b"longer than 0.5 h" in dict(answers)[400]
        assert beside > 10  # benchmarks/serving_beside.py has their times
        peaks = [peak_mb(child) for child in server.children()]
        assert max(peaks) < 300, peaks
    finally:
        server.stop()


def peak_mb(process: int) -> float:
    """Return the most memory that a process has had."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e6
