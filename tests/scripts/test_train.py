import json
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from helpers.datasets import load_dataset
from helpers.manifest import Manifest
from helpers.metrics import read_metric_lines
from helpers.networks.onnx_graph import Graph
from helpers.s3 import upload_folder
from helpers.stream import make_loader
from tests.made_shards import make_shards
from tests.s3_server import serve
from tests.torchrun import ROOT, end, environment, kill, run_ranks, start_node
from tools.course_run import free_port

TRAIN = ROOT / "scripts_train" / "train.py"
SMALL = ["--image-size", 32, "--width", 8, "--batch-size", 16, "--augment", "no"]
UNSERVED = [*SMALL, "--graph", "no"]
"""Exporting takes seconds, and most tests ask nothing of the graph."""


def lines(path: str) -> set[str]:
    """Return the pins of a requirements file."""
    return {line for line in (ROOT / path).read_text().splitlines() if "==" in line}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements_smddp.txt"])
def test_what_a_job_installs_is_pinned_as_in_the_project(file):
    jobs = lines(f"scripts_train/{file}")
    assert jobs and jobs <= lines("requirements.txt") | lines("constraints.txt")


def test_a_training_job_can_check_what_it_exports():
    runtime = {line for line in lines("docker_process/requirements.txt") if "onnxruntime" in line}
    assert runtime and runtime <= lines("scripts_train/requirements.txt")


@pytest.fixture(scope="module")
def shards(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    make_shards(folder, train=66, validation=20, test=37)
    return folder


def places(folder: Path) -> list:
    """Return the flags that keep a run's files below a folder."""
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    names = ("model-dir", "output-dir", "checkpoint-dir", "failure-file")
    paths = ("model", "output", "checkpoints", "failure")
    flags = zip(names, paths, strict=True)
    return [part for name, path in flags for part in (f"--{name}", folder / path)]


def results(folder: Path) -> dict:
    return json.loads((folder / "output" / "metrics.json").read_text())


def run_train(*args: object, folder: Path, **env: str) -> subprocess.CompletedProcess:
    """Run train.py as a person does."""
    command, env = [sys.executable, str(TRAIN), *map(str, args)], environment() | env
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder)


def start_pair(shards: list[Path], folder: Path, *args: object) -> list[subprocess.Popen]:
    """Start two instances of one job, each with its own shards and folder."""
    port = free_port()
    nodes = []
    for node in (0, 1):
        flags = ["--data", shards[node], *places(folder / str(node)), *UNSERVED, *args]
        log = folder / str(node) / "log"
        nodes.append(start_node(TRAIN, *flags, node=node, nodes=2, port=port, log=log))
    return nodes


def wait_for(log: Path, text: str, limit_s: float = 90) -> None:
    """Wait until a line of a log has the text."""
    end = time.monotonic() + limit_s
    while text not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def trained(shards, tmp_path_factory) -> tuple[Path, str]:
    """Train on two ranks of one instance; return the folder and the log."""
    folder = tmp_path_factory.mktemp("trained")
    flags = ["--data", shards, *places(folder), *SMALL, "--epochs", 8, "--lr", 0.01]
    flags += ["--profile", 2]
    return folder, run_ranks(TRAIN, *flags, ranks=2, log=folder / "log")


@pytest.mark.slow
def test_two_ranks_learn_what_can_be_learned(trained):
    assert results(trained[0])["test"]["accuracy"] >= 0.9


@pytest.mark.slow
def test_every_sample_of_the_test_split_is_scored_the_tail_included(trained):
    lines = (trained[0] / "output" / "predictions.csv").read_text().splitlines()
    assert len(lines) == 1 + 37
    assert sum(map(sum, results(trained[0])["confusion"])) == 37


@pytest.mark.slow
def test_each_epoch_prints_one_line_of_metrics(trained):
    epochs = [line for line in read_metric_lines(trained[1].splitlines()) if "epoch" in line]
    assert [line["epoch"] for line in epochs] == list(range(1, 9))
    assert epochs[-1]["train_loss"] < epochs[0]["train_loss"]
    assert {"validation_loss", "validation_accuracy", "validation_rmse"} <= set(epochs[0])


@pytest.mark.slow
def test_the_log_says_which_backend_and_why(trained):
    assert "backend gloo: no CUDA device here" in trained[1]
    assert "Batch norm: local to each rank: torch's SyncBatchNorm runs on GPUs" in trained[1]


@pytest.mark.slow
def test_the_exported_graph_answers_as_the_test_did(trained, shards):
    card = json.loads((trained[0] / "model" / "model.json").read_text())
    dataset = load_dataset("bins").resized(card["size"])
    manifest = Manifest.from_json((shards / "manifest.json").read_text())
    (batch,) = make_loader(
        manifest, "test", str(shards), decode=dataset.decode, batch_size=37, shuffle=False
    )
    lines = (trained[0] / "output" / "predictions.csv").read_text().splitlines()[1:]
    tested = {line.split(",")[0]: list(map(float, line.split(",")[2:])) for line in lines}
    answers = Graph(trained[0] / "model" / "model.onnx")(batch.data.numpy())
    assert answers == pytest.approx(np.array([tested[key] for key in batch.keys]), abs=1e-4)


@pytest.mark.slow
def test_a_profile_says_what_share_of_a_step_the_ranks_sum_gradients(trained):
    shares = json.loads((trained[0] / "output" / "profile.json").read_text())["shares"]
    assert 0 < shares["all-reduce"] < 1
    assert shares["forward"] > 0 and shares["backward"] > 0
    assert (trained[0] / "output" / "trace.json").stat().st_size > 1000
    assert "all-reduce" in trained[1]


@pytest.mark.slow
def test_the_weights_are_the_bare_models(trained):
    weights = torch.load(trained[0] / "model" / "model.pt", weights_only=True)
    assert "conv1.weight" in weights
    assert not [name for name in weights if name.startswith("module.")]


@pytest.mark.slow
def test_the_card_says_what_the_model_is_and_what_it_was_made_of(trained):
    card = json.loads((trained[0] / "model" / "model.json").read_text())
    assert card["labels"] == ["0", "1", "2"]
    assert card["model"] == {"name": "resnet-small", "classes": 3, "args": {"width": 8}}
    assert card["training"]["patience"] == load_dataset("bins").training_defaults["patience"]
    assert len(card["manifest"]["sha256"]) == 64
    assert card["metrics"]["test"] == results(trained[0])["test"]


@pytest.mark.slow
def test_a_channel_with_a_model_has_its_training_go_on(trained, shards, tmp_path):
    before = results(trained[0])["history"]
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(trained[0] / "model", ".")
    flags = ["--data", shards, *places(tmp_path), "--batch-size", 16, "--epochs", 1]
    flags += ["--lr", 1e-5, "--graph", "no"]
    done = run_train(*flags, folder=tmp_path, SM_CHANNEL_MODEL=str(tmp_path))
    assert done.returncode == 0, done.stderr
    (epoch,) = results(tmp_path)["history"]
    best = min(row["validation_loss"] for row in before)
    assert epoch["validation_loss"] < (best + before[0]["validation_loss"]) / 2
    card = json.loads((tmp_path / "model" / "model.json").read_text())
    assert card["model"]["args"] == {"width": 8} and card["size"] == 32


@pytest.mark.slow
def test_a_raise_on_one_instance_ends_both_with_its_reason(shards, tmp_path):
    broken = tmp_path / "broken"
    make_shards(broken, train=66, validation=20, test=37)
    (broken / "train" / "train-000003.tar").unlink()
    nodes = start_pair([shards, broken], tmp_path, "--epochs", 50)
    assert [end(node, 90) for node in nodes] == [1, 1]
    reasons = [(tmp_path / str(node) / "failure").read_text() for node in (0, 1)]
    assert reasons[0] == reasons[1]
    assert reasons[0].startswith("rank 1: FileNotFoundError: No shard at")


@pytest.mark.slow
def test_a_killed_instance_ends_the_other_within_30_seconds(shards, tmp_path):
    nodes = start_pair([shards, shards], tmp_path, "--epochs", 500, "--patience", 500)
    wait_for(tmp_path / "0" / "log", "epoch=2;")
    kill(nodes[1])
    begin = time.monotonic()
    assert end(nodes[0], 60) == 1
    assert time.monotonic() - begin < 30
    assert "another rank is gone" in (tmp_path / "0" / "failure").read_text()


@pytest.mark.slow
def test_ranks_end_soon_after_their_launcher_is_killed(shards, tmp_path):
    nodes = start_pair([shards, shards], tmp_path, "--epochs", 500, "--patience", 500)
    wait_for(tmp_path / "0" / "log", "epoch=1;")
    ranks = psutil.Process(nodes[1].pid).children(recursive=True)
    nodes[1].kill()
    assert ranks and not psutil.wait_procs(ranks, timeout=15)[1]
    end(nodes[1], 5)
    end(nodes[0], 60)


LONG = ["--epochs", 12, "--patience", 12, "--sync-every", 1]


@pytest.fixture(scope="module")
def undisturbed(shards, tmp_path_factory) -> dict:
    """Return the results of a run of two instances that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    for node in start_pair([shards, shards], folder, *LONG):
        assert end(node, 120) == 0
    return results(folder / "0")


def stop(nodes: list[subprocess.Popen], folder: Path) -> None:
    """Ask both instances to stop, as StopTrainingJob does."""
    for node in nodes:
        node.send_signal(signal.SIGTERM)
    for node in nodes:
        end(node, 60)
    assert "Stopped on request" in (folder / "0" / "log").read_text()
    # What was the best so far is there to be uploaded, whether or not the run goes on.
    card = json.loads((folder / "0" / "model" / "model.json").read_text())
    assert card["metrics"]["best_epoch"] >= 1 and (folder / "0" / "model" / "model.pt").is_file()


def take_away(nodes: list[subprocess.Popen], folder: Path) -> None:
    """Kill an instance without a word; what is left on disk is the middle of an epoch."""
    kill(nodes[1])
    assert end(nodes[0], 60) == 1
    newest = max((folder / "0" / "checkpoints").glob("checkpoint-*.pt"))
    if newest.stem.endswith("000000"):  # the end of an epoch: as if killed a step earlier
        newest.unlink()
    (folder / "0" / "failure").unlink()


@pytest.mark.slow
@pytest.mark.parametrize("disturb", [stop, take_away])
def test_a_disturbed_run_goes_on_and_ends_as_an_undisturbed_one(
    disturb, undisturbed, shards, tmp_path
):
    flags = [*LONG, "--checkpoint-seconds", 0]
    nodes = start_pair([shards, shards], tmp_path, *flags)
    wait_for(tmp_path / "0" / "log", "epoch=3;")
    disturb(nodes, tmp_path)
    for node in start_pair([shards, shards], tmp_path, *flags):
        assert end(node, 120) == 0
    log = (tmp_path / "0" / "log").read_text()
    resumed = re.search(r"Resumed from a checkpoint: epoch (\d+), step (\d+)", log)
    assert resumed and int(resumed[1]) >= 3
    assert disturb is stop or int(resumed[2]) > 0
    whole, parts = undisturbed, results(tmp_path / "0")
    for a, b in zip(whole["history"], parts["history"], strict=True):
        assert a["train_loss"] == pytest.approx(b["train_loss"], abs=1e-4)
        assert a["validation_loss"] == pytest.approx(b["validation_loss"], abs=1e-4)
    assert whole["test"]["loss"] == pytest.approx(parts["test"]["loss"], abs=1e-4)


@pytest.mark.slow
def test_an_early_stop_ends_the_run_before_its_epochs(shards, tmp_path):
    flags = ["--data", shards, *places(tmp_path), *UNSERVED, "--epochs", 40, "--patience", 1]
    log = run_ranks(TRAIN, *flags, "--lr", 0.2, ranks=2, log=tmp_path / "log")
    history = results(tmp_path)["history"]
    assert len(history) < 40
    assert len(history) == results(tmp_path)["best_epoch"] + 1
    assert "test_samples=37;" in log


@pytest.mark.slow
def test_without_a_test_the_test_split_is_not_read(shards, tmp_path):
    shutil.copytree(shards, tmp_path / "shards")
    for shard in (tmp_path / "shards" / "test").glob("*.tar"):
        shard.unlink()
    flags = ["--data", tmp_path / "shards", *places(tmp_path), *UNSERVED, "--epochs", 1]
    done = run_train(*flags, "--test", "no", folder=tmp_path)
    assert done.returncode == 0 and "test_accuracy" not in done.stdout, done.stderr
    assert not results(tmp_path)["warnings"] and (tmp_path / "model" / "model.json").is_file()


@pytest.mark.slow
def test_shards_streamed_from_s3_give_what_a_folder_gives(shards, tmp_path):
    flags = [*UNSERVED, "--epochs", 2, "--workers", 2]
    with serve(tmp_path, "course") as server:
        upload_folder(server.client(), shards, "s3://course/shards/bins")
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        env = {**keys, "AWS_ENDPOINT_URL": server.url, "AWS_DEFAULT_REGION": "us-east-1"}
        data = ["--data", "s3://course/shards/bins", *places(tmp_path / "s3")]
        run = run_train(*data, *flags, folder=tmp_path, **env)
    assert run.returncode == 0, run.stderr
    run_train("--data", shards, *places(tmp_path / "disk"), *flags, folder=tmp_path)
    assert results(tmp_path / "s3")["test"] == results(tmp_path / "disk")["test"]


def test_asking_for_smddp_here_fails_and_lists_where_it_runs(shards, tmp_path):
    flags = ["--data", shards, *places(tmp_path), "--instance-type", "ml.g4dn.xlarge"]
    run = run_train(*flags, "--backend", "smddp", folder=tmp_path)
    assert run.returncode == 1
    assert "ml.p4d.24xlarge" in run.stderr.splitlines()[-1]
    assert "this is ml.g4dn.xlarge" in (tmp_path / "failure").read_text()


def test_without_shards_it_says_how_to_give_them(tmp_path):
    run = run_train(folder=tmp_path)
    assert run.returncode == 2
    assert "--data" in run.stderr


def test_without_a_manifest_it_says_which_notebook_to_run(tmp_path):
    run = run_train("--data", tmp_path, *places(tmp_path), folder=tmp_path)
    assert "run notebooks/04 first" in run.stderr.splitlines()[-1]
