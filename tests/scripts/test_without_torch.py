"""What runs in our own image never imports torch: in this Python, importing it raises."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.datasets import NAMES, load_dataset
from helpers.manifest import load_manifest
from helpers.storage import LocalFolder
from tests.hidden_torch import hide_torch
from tests.made_model import SERVED, make_artifact, make_served, request_of
from tests.made_server import MadeServer
from tests.made_shards import make_shards
from tests.places import ROOT

SMALL = {
    "birds": {"recordings": 8, "recordists": 8, "species": 2},
    "bins": {"images": 12, "broken": 1},
}
STORES = [(name, store) for name in NAMES for store in load_dataset(name).stores]


@pytest.fixture(scope="module")
def without(tmp_path_factory) -> str:
    """Return a folder that takes the place of torch on a program's path."""
    return hide_torch(tmp_path_factory.mktemp("without"))


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Return a function that makes a data set's sample data, once."""
    made = {}

    def raw(dataset: str) -> Path:
        if dataset not in made:
            made[dataset] = tmp_path_factory.mktemp(dataset) / "raw"
            load_dataset(dataset).make_sample(made[dataset], **SMALL[dataset])
        return made[dataset]

    return raw


def run(without: str, script: str, *flags: object) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "scripts_process" / script), *map(str, flags)]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": without}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_importing_torch_raises_here(without):
    code = "try: import torch\nexcept ModuleNotFoundError as error: print(error.name)"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, env={"PYTHONPATH": without}, capture_output=True, text=True)
    assert said.stdout == "torch\n"


@pytest.mark.slow
@pytest.mark.parametrize("dataset, store", STORES)
def test_raw_data_are_sharded_in_every_format(dataset, store, without, raw, tmp_path):
    flags = ["--dataset", dataset, "--store", store, "--raw", raw(dataset), "--output", tmp_path]
    done = run(without, "shard.py", *flags, "--processes", 1)
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = load_manifest(LocalFolder(tmp_path))
    assert manifest.store == store and sum(each.samples for each in manifest.splits.values()) > 5


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
def test_a_models_graph_is_evaluated(dataset, without, tmp_path):
    make_shards(tmp_path / "shards", dataset, train=8, validation=8, test=9)
    model = make_served(tmp_path / "model", dataset)
    flags = ["--model", model, "--shards", tmp_path / "shards", "--output", tmp_path / "out"]
    done = run(without, "evaluate.py", *flags, "--rounds", 10, "--other-split")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "out" / "evaluation.json").read_text())["samples"] == 9


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
def test_an_endpoint_answers(dataset, without, tmp_path):
    make_served(tmp_path / "model", dataset)
    body, kind = request_of(dataset)
    server = MadeServer(tmp_path, PYTHONPATH=without)
    try:
        status, answer = server.wait_until_healthy().ask(body, Content_Type=kind)
    finally:
        server.stop()
    assert status == 200, server.log
    assert sum(json.loads(answer)["probabilities"].values()) == pytest.approx(1)


def test_a_model_without_a_graph_is_refused_with_what_to_do(without, tmp_path):
    make_shards(tmp_path / "shards", "bins", train=8, validation=8, test=9)
    model = make_artifact(tmp_path / "model", "bins", size=32, store="jpg")
    flags = ["--model", model, "--shards", tmp_path / "shards", "--output", tmp_path / "out"]
    done = run(without, "evaluate.py", *flags, "--other-split")
    assert done.returncode == 1
    assert "The model has no model.onnx" in done.stderr and "train it again" in done.stderr
