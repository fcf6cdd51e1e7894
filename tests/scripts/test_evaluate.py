"""The evaluation script: every test sample once, on disk as in a job, and no leak unseen."""

import json
import shutil
import subprocess
import sys
import tarfile
from hashlib import sha256

import pytest

from helpers.evaluation.predictions import Predictions
from helpers.manifest import BadManifest
from helpers.metrics import END
from scripts_process import evaluate
from tests.made_model import make_artifact
from tests.made_shards import make_shards
from tests.places import ROOT

BINS = pytest.mark.parametrize("place", ["bins"], indirect=True)


def digest(manifest):
    return sha256(manifest.to_json().encode()).hexdigest()


@pytest.fixture(params=["bins", "birds"])
def place(request, tmp_path):
    """Return a folder with shards and a model of them."""
    manifest = make_shards(tmp_path / "shards", request.param, train=3, validation=3, test=11)
    about = {"manifest": {"sha256": digest(manifest)}, "store": manifest.store}
    size = 32 if request.param == "bins" else None
    make_artifact(tmp_path / "model", request.param, size=size, **about)
    return tmp_path


def arguments(place, *more):
    folders = ("--model", place / "model", "--shards", place / "shards", "--output", place / "out")
    return [*map(str, folders), "--rounds", "50", *more]


def run(place, *more):
    return evaluate.main(evaluate.parse_args(arguments(place, *more)))


def test_every_test_sample_is_scored_once(place):
    metrics = run(place)
    found = Predictions.from_lines((place / "out/predictions.jsonl").read_text())
    report = json.loads((place / "out/evaluation.json").read_text())
    assert sorted(found.keys) == [f"test{i:05d}" for i in range(11)]
    assert report["samples"] == sum(map(sum, report["confusion"])) == 11
    assert metrics["accuracy"] == pytest.approx(found.accuracy)
    assert report["split"] == "test" and report["trained_on_this_split"]


@BINS
def test_it_runs_as_a_program_on_a_packed_model_and_prints_its_metrics(place):
    with tarfile.open(place / "model.tar.gz", "w:gz") as archive:
        archive.add(place / "model", arcname=".")
    shutil.rmtree(place / "model")
    (place / "model").mkdir()
    (place / "model.tar.gz").rename(place / "model/model.tar.gz")
    script = [sys.executable, str(ROOT / "scripts_process/evaluate.py"), *arguments(place)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    *_, last, end = done.stdout.splitlines()
    assert end == END
    assert "accuracy=" in last and "calibration_error=" in last and "seconds=" in last


@BINS
def test_a_model_of_another_split_is_refused_unless_asked_for(place):
    card = json.loads((place / "model/model.json").read_text())
    card["manifest"]["sha256"] = "0" * 64
    (place / "model/model.json").write_text(json.dumps(card))
    with pytest.raises(BadManifest, match="run notebooks/05 again, or pass --other-split"):
        run(place)
    run(place, "--other-split")
    report = json.loads((place / "out/evaluation.json").read_text())
    assert not report["trained_on_this_split"]


@BINS
def test_a_model_with_other_labels_is_refused(place):
    card = json.loads((place / "model/model.json").read_text())
    card["labels"] = card["labels"][::-1]
    (place / "model/model.json").write_text(json.dumps(card))
    with pytest.raises(BadManifest, match="other labels"):
        run(place, "--other-split")


@BINS
@pytest.mark.parametrize(
    "folder, error, words",
    [
        ("model", FileNotFoundError, "run notebooks/05 first"),
        ("shards", BadManifest, "run notebooks/04 first"),
    ],
)
def test_a_missing_predecessor_is_named(place, folder, error, words):
    shutil.rmtree(place / folder)
    (place / folder).mkdir()
    with pytest.raises(error, match=words):
        run(place)


@BINS
def test_a_failure_leaves_its_reason_where_the_job_takes_it_from(place):
    (place / "shards/manifest.json").unlink()
    message = place / "message"
    script = [sys.executable, str(ROOT / "scripts_process/evaluate.py")]
    done = subprocess.run(
        [*script, *arguments(place, "--message", str(message))], capture_output=True, timeout=120
    )
    assert done.returncode != 0
    assert message.read_text().startswith("BadManifest: No manifest.json")


@BINS
def test_a_live_model_answers_the_same_samples_and_is_compared(place):
    shutil.copytree(place / "model", place / "live")
    run(place, "--live", str(place / "live"))
    comparison = json.loads((place / "out/comparison.json").read_text())
    assert comparison["scores"]["accuracy"]["difference"] == 0
    assert not comparison["worse"] and not comparison["passes"]  # untrained: below the floor
    assert (
        comparison["manifest"]
        == json.loads((place / "out/evaluation.json").read_text())["manifest"]
    )
    card = json.loads((place / "live/model.json").read_text())
    card["labels"] = card["labels"][::-1]
    (place / "live/model.json").write_text(json.dumps(card))
    with pytest.raises(BadManifest, match="other labels"):
        run(place, "--live", str(place / "live"))
