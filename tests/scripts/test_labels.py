"""Class names of any script, from folders of recordings to the answers of the model."""

import json
import runpy
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.datasets import load_dataset
from helpers.evaluation.predictions import Predictions
from helpers.manifest import Manifest, load_manifest
from helpers.predict import Predictor
from helpers.storage import LocalFolder
from tests.made_shards import clip
from tests.torchrun import ROOT

pytestmark = pytest.mark.slow
LABELS = ["鳥", "Северный", "Eisvogel-Ö", 'a,b "c" <d>']


def script(name: str, *args: object) -> str:
    command = [sys.executable, name, *map(str, args)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> SimpleNamespace:
    """Shard 28 recordings of four classes, train on them and test the model."""
    folder, rng = tmp_path_factory.mktemp("labels"), np.random.default_rng(0)
    mine, raw, shards = folder / "mine", folder / "raw", folder / "shards"
    model, tested = folder / "model", folder / "tested"
    for pitch, label in enumerate(LABELS):
        (mine / label).mkdir(parents=True)
        for n in range(7):
            (mine / label / f"{n} ü.flac").write_bytes(clip(pitch, rng))
    raw.mkdir()
    left_out = load_dataset("birds").ingest(mine, raw)
    places = ("--dataset", "birds", "--raw", raw, "--output", shards)
    script("scripts_process/shard.py", *places, "--store", "flac", "--processes", 1)
    outputs = ("--model-dir", model, "--output-dir", folder / "out")
    brief = ("--epochs", 12, "--batch-size", 8, "--width", 16, "--graph", "no")
    script("scripts_train/train.py", "--data", shards, *outputs, *brief)
    places = ("--model", model, "--shards", shards, "--output", tested)
    script("scripts_process/evaluate.py", *places, "--split", "train", "--rounds", 10)
    return SimpleNamespace(
        mine=mine, shards=shards, model=model, tested=tested, left_out=left_out, out=folder / "out"
    )


@pytest.fixture(scope="module")
def manifest(made) -> Manifest:
    return load_manifest(LocalFolder(made.shards))


def test_the_manifest_has_the_names_and_says_which_file_is_which(made, manifest):
    assert made.left_out == [] and manifest.labels == sorted(LABELS)
    assert sum(split.samples for split in manifest.splits.values()) == 28
    files = {p.relative_to(made.mine).as_posix() for p in made.mine.rglob("*.flac")}
    assert set(manifest.names.values()) == files and len(manifest.names) == 28


def test_the_test_and_its_tables_have_the_names(made):
    predictions = Predictions.from_lines((made.tested / "predictions.jsonl").read_bytes())
    assert predictions.labels == sorted(LABELS) and predictions.accuracy > 0.8
    report = json.loads((made.tested / "evaluation.json").read_text())
    assert list(report["classes"]) == sorted(LABELS)
    header = (made.out / "predictions.csv").read_text("utf-8").splitlines()[0]
    assert header.startswith("key,label,Eisvogel-Ö,")


def test_the_model_answers_with_the_right_names(made):
    inference = SimpleNamespace(**runpy.run_path(str(ROOT / "scripts_inference/inference.py")))

    predictor = Predictor.load(made.model)
    right = 0
    for path in made.mine.rglob("*.flac"):
        answers = inference.predict_fn((path.read_bytes(), "audio/flac"), predictor)
        (answer,) = answers.each
        text, kind = inference.output_fn(answers, "application/json")
        assert json.loads(text) == answer and text.isascii() and kind == "application/json"
        right += answer["label"] == path.parent.name
    assert right > 0.8 * 28
