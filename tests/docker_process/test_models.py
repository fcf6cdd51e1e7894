"""`serve` with a model of each data set, as train.py leaves it: answers and refusals."""

import json
import shutil

import numpy as np
import pytest
import torch

from helpers.networks.artifact import load_artifact, load_card, save_card
from helpers.networks.graph import GRAPH, export_graph
from helpers.predict import Predictor
from helpers.shipping import ship
from tests.made_model import make_artifact
from tests.made_server import MadeServer
from tests.made_shards import clip, photo

SAMPLES = {
    "birds": ("ogg", None, lambda: clip(1, np.random.default_rng(0)), "audio/flac"),
    "bins": ("jpg", 32, lambda: photo(1, np.random.default_rng(0)), "image/jpeg"),
}


@pytest.fixture(scope="module", params=SAMPLES)
def served(request, tmp_path_factory):
    """Return a data set's name, its model's folder and a server of it."""
    base = tmp_path_factory.mktemp(request.param)
    store, size, _, _ = SAMPLES[request.param]
    model = make_artifact(base / "model", request.param, store=store, size=size)
    network, _ = load_artifact(model)
    shape = (2, 3, 32, 32) if size else (2, 160_000)
    export_graph(
        network, torch.zeros(shape, dtype=torch.uint8 if size else torch.int16), model / GRAPH
    )
    shutil.copytree(ship("scripts_inference/inference.py"), model / "code")
    server = MadeServer(base)
    yield request.param, model, server.wait_until_healthy()
    server.stop()


def test_an_answer_is_the_offline_one(served):
    dataset, model, server = served
    _, _, make, kind = SAMPLES[dataset]
    status, headers, body = server.request("POST", "/invocations", make(), Content_Type=kind)
    assert (status, headers["content-type"]) == (200, "application/json")
    offline = Predictor.load(model).predict(make())["probabilities"]
    assert json.loads(body)["probabilities"] == pytest.approx(offline, abs=1e-5)


@pytest.mark.parametrize(
    "body, headers, status, words",
    [
        (b"", {}, 400, "has no body"),
        (b"nonsense", {}, 400, "Can't use this"),
        (None, {"Content_Type": "image/gif"}, 415, "is not one of"),
        (None, {"Content_Type": "text/csv"}, 4, ""),
        (None, {"Accept": "text/csv"}, 406, "Answers are application/json, not text/csv"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(served, body, headers, status, words):
    dataset, _, server = served
    _, _, make, kind = SAMPLES[dataset]
    body = make() if body is None else body
    got, answer = server.ask(body, **{"Content_Type": kind, **headers})
    assert str(got).startswith(str(status)) and words in answer.decode()
    assert "Traceback" not in answer.decode()


def test_the_weights_answer_where_there_is_no_graph(tmp_path):
    model = make_artifact(tmp_path / "model", "bins", store="jpg", size=32)
    save_card(model, load_card(model))
    shutil.copytree(ship("scripts_inference/inference.py"), model / "code")
    server = MadeServer(tmp_path)
    try:
        make, kind = SAMPLES["bins"][2:]
        assert server.wait_until_healthy().ask(make(), Content_Type=kind)[0] == 200
        assert "the weights answer, by torch" in server.log
    finally:
        server.stop()
