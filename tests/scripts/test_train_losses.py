"""Whatever fails after the training: the job succeeds, its weights are there, and it says what."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers.metrics import read_metric_lines
from helpers.networks.artifact import read_test
from helpers.predict import Predictor
from scripts_process import evaluate
from tests.made_shards import make_shards, photo
from tests.scripts.test_train import SMALL, TRAIN, UNSERVED, places, run_train
from tests.torchrun import ROOT, run_ranks

ONE = ["--epochs", 1]
BROKEN = "raise RuntimeError('this library is broken')"
NO_PROFILER = """
import torch
def start(self):
    raise RuntimeError("CUPTI is in use")
torch.profiler.profile.start = start
"""
LATE = """
def init(**settings):
    return Run()
class Run:
    def log(self, row, step=None):
        raise ConnectionError("the server is gone")
    def finish(self):
        pass
class Settings:
    def __init__(self, **settings):
        pass
"""


@pytest.fixture
def shards(tmp_path) -> Path:
    make_shards(tmp_path / "shards", train=66, validation=20, test=17)
    return tmp_path / "shards"


def module(folder: Path, name: str, text: str) -> dict[str, str]:
    """Return the environment in which a library is another one."""
    (folder / "libraries" / name).mkdir(parents=True)
    (folder / "libraries" / name / "__init__.py").write_text(text)
    return {"PYTHONPATH": f"{folder / 'libraries'}:{ROOT}"}


def block(path: Path) -> dict[str, str]:
    """Put a folder where the run would write a file."""
    (path / "inside").mkdir(parents=True)
    return {}


def blocked_code(folder: Path) -> dict[str, str]:
    (folder / "model").mkdir()
    (folder / "model" / "code").write_text("a file where a folder is to be")
    return {}


def unreadable_test(folder: Path) -> dict[str, str]:
    (folder / "shards" / "test" / "test-000001.tar").unlink()
    return {}


PROFILE = [*UNSERVED, "--profile", 1]
WANDB = [*UNSERVED, "--wandb", "offline"]
FAILURES = {
    "an exporter that is broken": ("graph", SMALL, lambda f: module(f, "onnxscript", BROKEN)),
    "no place for the graph": ("graph", SMALL, lambda f: block(f / "model" / ".model.onnx.tmp")),
    "no profiler": ("profile", PROFILE, lambda f: module(f, "sitecustomize", NO_PROFILER)),
    "no place for the shares": ("profile", PROFILE, lambda f: block(f / "output/profile.json")),
    "a wandb that is broken": ("wandb", WANDB, lambda f: module(f, "wandb", BROKEN)),
    "a wandb that loses its server": ("wandb", WANDB, lambda f: module(f, "wandb", LATE)),
    "no place for predictions": (
        "results",
        UNSERVED,
        lambda f: block(f / "output/predictions.csv"),
    ),
    "no place for the code": ("serving code", UNSERVED, blocked_code),
    "a test shard that is gone": ("test", UNSERVED, unreadable_test),
    "no place for a checkpoint": (
        "checkpoint",
        UNSERVED,
        lambda f: block(f / "checkpoints" / "checkpoint-001000000.pt"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("part, flags, spoil", FAILURES.values(), ids=FAILURES)
def test_a_failure_costs_no_weights_and_is_named(part, flags, spoil, shards, tmp_path):
    env = spoil(tmp_path)
    run = run_train("--data", shards, *places(tmp_path), *flags, *ONE, folder=tmp_path, **env)
    assert run.returncode == 0, run.stderr
    assert f"Warning: {part} failed, the run goes on without" in run.stdout
    assert read_metric_lines(run.stdout.splitlines())[-1]["warnings"] == 1
    card = json.loads((tmp_path / "model" / "model.json").read_text())
    assert list(card["warnings"]) == [part]
    assert torch.load(tmp_path / "model" / "model.pt", weights_only=True)
    answer = Predictor.load(tmp_path / "model").predict(photo(0, np.random.default_rng(0)))
    assert answer["label"] in "012"


@pytest.mark.slow
def test_a_run_without_failures_counts_none(shards, tmp_path):
    run = run_train("--data", shards, *places(tmp_path), *UNSERVED, *ONE, folder=tmp_path)
    assert read_metric_lines(run.stdout.splitlines())[-1]["warnings"] == 0


@pytest.mark.slow
def test_a_failed_export_leaves_no_half_graph_and_the_model_is_evaluated(shards, tmp_path, capsys):
    env = module(tmp_path, "onnxscript", BROKEN)
    run_train("--data", shards, *places(tmp_path), *SMALL, *ONE, folder=tmp_path, **env)
    assert not [p.name for p in (tmp_path / "model").iterdir() if "onnx" in p.name]
    flags = ["--model", tmp_path / "model", "--shards", shards, "--output", tmp_path / "out"]
    metrics = evaluate.main(evaluate.parse_args([*map(str, flags), "--rounds", "10"]))
    assert metrics["accuracy"] >= 0
    said = capsys.readouterr().out
    assert "the weights answer, by torch (" in said and "this library is broken" in said


@pytest.mark.slow
def test_two_ranks_of_which_one_can_not_read_its_test_shard_save_the_model(shards, tmp_path):
    unreadable_test(tmp_path)
    flags = ["--data", shards, *places(tmp_path), *UNSERVED, *ONE]
    log = run_ranks(TRAIN, *flags, ranks=2, log=tmp_path / "log")
    assert "Warning: test failed, the run goes on without" in log
    card = json.loads((tmp_path / "model" / "model.json").read_text())
    with pytest.raises(LookupError, match=r"saved but not tested \(.*FileNotFoundError"):
        read_test(card)


@pytest.mark.slow
def test_what_ends_the_training_itself_still_fails_the_job(shards, tmp_path):
    (shards / "train" / "train-000003.tar").unlink()
    run = run_train("--data", shards, *places(tmp_path), *UNSERVED, *ONE, folder=tmp_path)
    assert run.returncode == 1 and "No shard at" in (tmp_path / "failure").read_text()
