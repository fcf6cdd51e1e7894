import ast
import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers.predict import Predictor
from tests.made_model import make_artifact
from tests.made_shards import clip, photo
from tests.places import ROOT

SCRIPT = ROOT / "scripts_inference" / "inference.py"


class Endpoint:
    """The image's own server around inference.py, without its processes and HTTP."""

    def __init__(self, model_dir: Path):
        from model_server.program import Program

        self.program = Program(model_dir, SCRIPT.parent, SCRIPT.name)
        self.status, self.type = 200, None

    def __call__(self, body: bytes, content_type: str, accept: str = "*/*") -> str:
        answer = self.program.answer(body, {"content-type": content_type, "accept": accept})
        self.status, self.type = answer.status, answer.content_type
        return answer.body.decode()


@pytest.fixture
def endpoint(tmp_path, monkeypatch):
    """Return a function that makes an endpoint for a data set's model."""
    monkeypatch.syspath_prepend(ROOT / "docker_process")
    monkeypatch.setattr(sys, "path", [*sys.path])
    threads = torch.get_num_threads()
    yield lambda dataset, **card: Endpoint(make_artifact(tmp_path, dataset, **card))
    torch.set_num_threads(threads)
    sys.modules.pop("inference", None)


def test_a_clip_gets_the_same_probabilities_as_offline(endpoint, tmp_path):
    birds, data = endpoint("birds", store="ogg"), clip(1, np.random.default_rng(0))
    answer = json.loads(birds(data, "audio/flac"))
    offline = Predictor.load(tmp_path).predict(data)
    assert answer["probabilities"] == pytest.approx(offline["probabilities"], abs=1e-4)
    assert [w["start"] for w in answer["windows"]] == [w["start"] for w in offline["windows"]]
    assert birds.type == "application/json"


def test_a_photo_gets_the_same_probabilities_as_offline(endpoint, tmp_path):
    bins, data = endpoint("bins", store="jpg", size=32), photo(1, np.random.default_rng(0))
    answer = json.loads(bins(data, "image/jpeg", "application/json"))
    assert answer == Predictor.load(tmp_path).predict(data)


def test_a_clips_answer_is_a_table_where_csv_is_wanted(endpoint):
    birds, data = endpoint("birds", store="ogg"), clip(1, np.random.default_rng(0))
    whole, window = csv.DictReader(birds(data, "audio/flac", "text/csv").splitlines())
    assert birds.type == "text/csv" and (whole["window"], window["window"]) == ("", "0")
    assert (window["start"], window["end"], whole["end"]) == ("0.0", "5.0", "5.0")
    assert float(window["p_1"]) == json.loads(birds(data, "audio/flac"))["probabilities"]["1"]


@pytest.mark.parametrize(
    "body, content_type, accept, status, message",
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg", "*/*", 415, "not one of audio/ogg"),
        (b"{}", "application/json", "*/*", 400, 'A batch is {"instances":'),
        (b"a,b", "text/csv", "*/*", 415, "audio/mpeg, application/json"),
        (b"", "audio/ogg", "*/*", 400, "has no body"),
        (b"nonsense", "audio/ogg", "*/*", 400, "Can't use this audio/ogg: not audio"),
        (None, "audio/flac", "text/html", 406, "Answers are application/json or text/csv"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(endpoint, body, content_type, accept, status, message):
    birds = endpoint("birds", store="ogg")
    body = clip(0, np.random.default_rng(0)) if body is None else body
    answer = birds(body, content_type, accept)
    assert birds.status == status
    assert message in answer and "Traceback" not in answer


def test_weights_without_a_graph_run_on_one_thread(endpoint):
    endpoint("bins", store="jpg", size=32)(photo(0, np.random.default_rng(0)), "image/jpeg")
    assert torch.get_num_threads() == 1


def test_it_is_the_four_functions_and_nothing_else():
    tree = ast.parse(SCRIPT.read_text())
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert names == ["model_fn", "input_fn", "predict_fn", "output_fn"]
    assert not [node for node in tree.body if isinstance(node, (ast.Assign, ast.ClassDef))]
