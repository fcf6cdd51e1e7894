"""A data set that no file of the course knows goes all the way, called by its module's name."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.datasets import load_dataset
from helpers.evaluation.baselines import baseline_table, class_table, metrics_table
from helpers.evaluation.model_card import Card, Facts
from helpers.manifest import Manifest, load_manifest
from helpers.sample_figures import player, show_answer, show_samples
from helpers.storage import LocalFolder
from tests.places import ROOT
from tools.readme import tracked

NAME = "tones.dataset"
HOME = ROOT / "tests"


@pytest.fixture(scope="module", autouse=True)
def on_the_path():
    """Let the folder of the data set be where Python looks for modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HOME)
        yield
    for name in ("tones", NAME, "inference"):
        sys.modules.pop(name, None)


def job(script: str, *flags: object) -> None:
    """Run a job script as a program."""
    command = [sys.executable, str(ROOT / script), *map(str, flags)]
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def sharded(tmp_path_factory) -> tuple[Path, Manifest]:
    """Return a folder with the shards of the tones, and their manifest."""
    folder = tmp_path_factory.mktemp("tones")
    load_dataset(NAME).make_sample(folder / "raw")
    places = ("--raw", folder / "raw", "--output", folder / "shards")
    job("scripts_process/shard.py", "--dataset", NAME, *places, "--processes", 2)
    return folder, load_manifest(LocalFolder(folder / "shards"))


@pytest.fixture(scope="module")
def trained(sharded) -> Path:
    """Return the folder of a trained and evaluated model."""
    folder, _ = sharded
    places = {name: folder / name for name in ("model-dir", "output-dir", "checkpoint-dir")}
    flags = [part for name, place in places.items() for part in (f"--{name}", place)]
    job("scripts_train/train.py", "--data", folder / "shards", *flags)
    places = ("--model", folder / "model-dir", "--shards", folder / "shards")
    output = ("--output", folder / "evaluation", "--rounds", 20)
    job("scripts_process/evaluate.py", *places, *output)
    return folder


def test_no_file_outside_the_tests_knows_it():
    files = [path for path in tracked() if path.parts[0] != "tests" and path.suffix == ".py"]
    assert files and not [path for path in files if NAME in (ROOT / path).read_text()]


def tone(pitch: str) -> bytes:
    """Return a tone that is in no split."""
    return sys.modules[load_dataset(NAME).__module__].tone(pitch, np.random.default_rng(7))


@pytest.mark.parametrize("name", ["tests.toy", "tones", "", "a.b c", "../tones"])
def test_what_is_no_data_set_is_refused(name):
    with pytest.raises(ValueError, match="No data set called|has no DATASET"):
        load_dataset(name)


@pytest.mark.slow
def test_its_shards_hold_all_but_what_is_listed(sharded):
    _, manifest = sharded
    assert manifest.dataset == NAME and manifest.labels == ["high", "low", "middle"]
    assert sum(split.samples for split in manifest.splits.values()) == 35
    assert [(drop.source, drop.reason) for drop in manifest.dropped] == [
        ("tones/t000.flac", "no FLAC")
    ]


@pytest.mark.slow
def test_it_is_trained_as_it_says_and_evaluated(sharded, trained):
    card = json.loads((trained / "model-dir" / "model.json").read_text())
    report = json.loads((trained / "evaluation" / "evaluation.json").read_text())
    assert card["training"]["epochs"] == 2 and card["warnings"] == {}
    assert report["metrics"].keys() == {"accuracy", "loss"}
    assert list(metrics_table(report).index) == ["accuracy", "log loss"]
    assert len(baseline_table(report, sharded[1])) == 3 and len(class_table(report)) == 3
    facts = Facts("job", "arn", "image", "model", "1 s", "Made tones")
    assert "name the pitch of a tone" in Card(sharded[1], report, facts).markdown()


@pytest.mark.slow
def test_its_endpoint_answers(trained, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts_inference")
    inference = import_module("inference")

    model = inference.model_fn(str(trained / "model-dir"))
    request = inference.input_fn(tone("high"), "audio/flac")
    text, kind = inference.output_fn(inference.predict_fn(request, model), "*/*")
    answer = json.loads(text)
    assert kind == "application/json" and answer["probabilities"].keys() == {
        "high",
        "low",
        "middle",
    }
    with pytest.raises(Exception, match="audio/ogg"):
        inference.predict_fn((b"OggS", "audio/ogg"), model)


def test_it_is_shown_in_a_notebook():
    data = tone("low")
    figure = show_samples(NAME, [("one", data), ("two", data), ("three", data)])
    assert [axes.get_title() for axes in figure.axes if axes.get_visible()] == [
        "one",
        "two",
        "three",
    ]
    assert show_answer(NAME, data, {"low": 1.0}, truth="low").axes[0].get_title() == "Sent: low"
    assert player(NAME, data).data == data
    plt.close("all")


def test_it_is_not_published():
    with pytest.raises(LookupError, match="Tones is not published"):
        load_dataset(NAME).fetch(Path("never"), None, None)
