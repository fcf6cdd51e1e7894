"""The job scripts run in a Python with what the job's image has on AWS, and nothing else.

`make image-test` builds these Pythons (gigabytes, once); where one is missing its tests are
skipped.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from helpers.datasets import NAMES, load_dataset
from helpers.job_code import ship, training_code
from helpers.manifest import load_manifest
from helpers.metrics import read_metric_lines
from helpers.storage import LocalFolder
from tests.image_python import run
from tests.made_shards import make_shards
from tools.course_run import free_port
from tools.image_venvs import ROOT

SMALL = {"bins": ["--image-size", 32, "--width", 8], "birds": []}
RAW = {
    "birds": {"recordings": 24, "recordists": 8, "species": 3},
    "bins": {"images": 24, "broken": 1},
}


def train(image: str, dataset: str, folder: Path) -> tuple[Path, str]:
    """Train in an image; return the folder and the log."""
    make_shards(folder / "shards", dataset, train=32, validation=9, test=11)
    places = ("--model-dir", folder / "model", "--output-dir", folder / "output")
    flags = [*places, *SMALL[dataset], "--epochs", 2, "--batch-size", 8, "--profile", 1]
    script = Path(training_code().source_dir) / "train.py"
    flags = ["--data", folder / "shards", *flags, "--wandb", "offline"]
    return folder, run(image, script, *flags, cwd=script.parent, OMP_NUM_THREADS=os.cpu_count())


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a function that trains in an image, once for all tests."""
    done = {}

    def trained(image: str, dataset: str) -> tuple[Path, str]:
        if (image, dataset) not in done:
            folder = tmp_path_factory.mktemp(f"{image}-{dataset}")
            done[image, dataset] = train(image, dataset, folder)
        return done[image, dataset]

    return trained


@pytest.mark.slow
@pytest.mark.parametrize("dataset", NAMES)
@pytest.mark.parametrize("image", ["gpu", "cpu", "smddp"])
def test_training_runs_to_its_end_and_nothing_of_it_fails(image, dataset, trained):
    folder, log = trained(image, dataset)
    assert read_metric_lines(log.splitlines())[-1]["warnings"] == 0, log
    assert {"model.pt", "model.json", "model.onnx", "code"} == {
        path.name for path in (folder / "model").iterdir()
    }
    assert {"metrics.json", "profile.json", "wandb"} <= {
        path.name for path in (folder / "output").iterdir()
    }


@pytest.mark.slow
@pytest.mark.parametrize("dataset", NAMES)
@pytest.mark.parametrize("image", ["smddp"])
def test_two_ranks_train_by_the_stand_in_for_smddp(image, dataset, tmp_path):
    make_shards(tmp_path / "shards", dataset, train=32, validation=9, test=11)
    torchrun = ["-m", "torch.distributed.run", "--nproc_per_node=2", "--master_addr=127.0.0.1"]
    places = ["--data", tmp_path / "shards", "--model-dir", tmp_path / "model"]
    places += ["--output-dir", tmp_path / "output", "--failure-file", tmp_path / "failure"]
    log = run(
        image, *torchrun, f"--master_port={free_port()}", ROOT / "tests/smddp/train_on_p4d.py",
        *places, *SMALL[dataset], "--epochs", 1, "--batch-size", 8, cwd=tmp_path,
        OMP_NUM_THREADS=1, GLOO_SOCKET_IFNAME="lo", PYTHONPATH=ROOT,
    )  # fmt: skip
    assert "backend smddp: " in log and (tmp_path / "model" / "model.pt").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("dataset", NAMES)
@pytest.mark.parametrize("of", ["gpu", "smddp"])
@pytest.mark.parametrize("image", ["own"])
def test_the_trained_model_is_evaluated(image, of, dataset, trained, tmp_path):
    folder, _ = trained(of, dataset)
    copy = tmp_path / "job" / "evaluate.py"  # away from the project's own helpers/
    copy.parent.mkdir()
    shutil.copyfile(ROOT / "scripts_process" / "evaluate.py", copy)
    flags = ["--model", folder / "model", "--shards", folder / "shards", "--rounds", 10]
    flags += ["--output", tmp_path / "out"]
    run(image, copy, *flags, cwd=copy.parent, PYTHONPATH=ship())
    report = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert report["samples"] == 11 and report["trained_on_this_split"]


@pytest.mark.slow
@pytest.mark.parametrize("dataset", NAMES)
@pytest.mark.parametrize("image", ["own"])
def test_raw_data_are_sharded(image, dataset, tmp_path):
    load_dataset(dataset).make_sample(tmp_path / "raw", **RAW[dataset])
    copy = tmp_path / "job" / "shard.py"
    copy.parent.mkdir()
    shutil.copyfile(ROOT / "scripts_process" / "shard.py", copy)
    flags = ["--dataset", dataset, "--raw", tmp_path / "raw", "--output", tmp_path / "out"]
    run(image, copy, *flags, "--processes", 2, cwd=copy.parent, PYTHONPATH=ship())
    manifest = load_manifest(LocalFolder(tmp_path / "out"))
    assert sum(split.samples for split in manifest.splits.values()) > 10
