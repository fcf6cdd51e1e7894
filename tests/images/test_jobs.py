"""The job scripts run in a Python with what the job's image has on AWS, and nothing else.

`make images` builds these Pythons (gigabytes, once); where one is missing its tests are skipped.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from helpers.job_code import ship, training_code
from helpers.metrics import read_metric_lines
from tests.made_shards import make_shards
from tools.image_venvs import ROOT, python

SMALL = {"bins": ["--image-size", 32, "--width", 8], "birds": []}


def interpreter(image: str) -> Path:
    """Return an image's Python, or skip the test."""
    if (found := python(image)) is None:
        pytest.skip(f"the Python of the {image} image is not built: make images")
    return found


def run(image: str, script: Path, *args: object, **env: object) -> str:
    """Run a script as a job does, with nothing of this process's environment; return its log."""
    path = interpreter(image)
    clean = {"PATH": f"{path.parent}:/usr/bin:/bin", "HOME": str(script.parent), "LANG": "C.UTF-8"}
    command = [str(path), str(script), *map(str, args)]
    clean |= {name: str(value) for name, value in env.items()}
    done = subprocess.run(command, env=clean, cwd=script.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=["bins", "birds"])
def trained(request, tmp_path_factory) -> tuple[Path, str]:
    """Train in the training image; return the folder and the log."""
    folder = tmp_path_factory.mktemp(request.param)
    make_shards(folder / "shards", request.param, train=32, validation=9, test=11)
    places = ("--model-dir", folder / "model", "--output-dir", folder / "output")
    flags = [*places, *SMALL[request.param], "--epochs", 2, "--batch-size", 8, "--profile", 1]
    script = Path(training_code().source_dir) / "train.py"
    return folder, run(
        "training", script, "--data", folder / "shards", *flags, "--wandb", "offline",
        OMP_NUM_THREADS=os.cpu_count(),
    )  # fmt: skip


@pytest.mark.slow
def test_training_runs_to_its_end_and_nothing_of_it_fails(trained):
    folder, log = trained
    assert read_metric_lines(log.splitlines())[-1]["warnings"] == 0, log
    assert {"model.pt", "model.json", "model.onnx", "code"} == {
        path.name for path in (folder / "model").iterdir()
    }
    assert {"metrics.json", "profile.json", "wandb"} <= {
        path.name for path in (folder / "output").iterdir()
    }


@pytest.mark.slow
@pytest.mark.parametrize("by", ["graph", "weights"])
@pytest.mark.parametrize("image", ["training", "processing"])
def test_the_trained_model_is_evaluated(image, by, trained, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(trained[0] / "model", model)
    if by == "weights":
        (model / "model.onnx").unlink()
    copy = tmp_path / "job" / "evaluate.py"  # away from the project's own helpers/
    copy.parent.mkdir()
    shutil.copyfile(ROOT / "scripts_process" / "evaluate.py", copy)
    flags = ["--model", model, "--shards", trained[0] / "shards", "--output", tmp_path / "out"]
    log = run(image, copy, *flags, "--rounds", 10, PYTHONPATH=ship())
    assert ("the weights answer, by torch" in log) == (by == "weights")
    report = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert report["samples"] == 11 and report["trained_on_this_split"]
