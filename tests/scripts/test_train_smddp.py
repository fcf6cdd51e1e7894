"""train.py keeps the rules of SMDDP: it trains with a backend that refuses what SMDDP refuses."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made_shards import make_shards
from tests.torchrun import ROOT, end, environment, run_ranks, start_node
from tools.course_run import free_port

SMDDP = "tests/smddp/train_on_p4d.py"
FLAGS = ["--image-size", 32, "--width", 8, "--batch-size", 16, "--augment", "no", "--graph", "no"]


@pytest.fixture(scope="module")
def shards(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    make_shards(folder, train=66, validation=20, test=37)
    return folder


def flags(shards: Path, folder: Path, epochs: int) -> list:
    """Return the flags of a run that keeps its files below a folder."""
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    places = {"model": "model-dir", "output": "output-dir", "checkpoints": "checkpoint-dir"}
    paths = [part for path, flag in places.items() for part in (f"--{flag}", folder / path)]
    failure = ["--failure-file", folder / "failure"]
    return ["--data", shards, *paths, *failure, *FLAGS, "--lr", 0.01, "--epochs", epochs]


def curve(folder: Path) -> list[tuple[float, float]]:
    """Return each epoch's loss and accuracy, and those of the test."""
    report = json.loads((folder / "output" / "metrics.json").read_text())
    rows = [(row["train_loss"], row["validation_accuracy"]) for row in report["history"]]
    return [*rows, (report["test"]["loss"], report["test"]["accuracy"])]


@pytest.mark.slow
def test_two_ranks_learn_with_smddps_rules_what_they_learn_with_gloo(shards, tmp_path):
    gloo, smddp = tmp_path / "gloo", tmp_path / "smddp"
    for folder, program in ((gloo, "scripts_train/train.py"), (smddp, SMDDP)):
        arguments = flags(shards, folder, epochs=5)
        log = run_ranks(ROOT / program, *arguments, ranks=2, log=tmp_path / f"{folder.name}.log")
        assert f"backend {folder.name}: " in log
    assert curve(smddp) == curve(gloo)
    assert curve(smddp)[-1][1] >= 0.9


@pytest.mark.slow
def test_a_run_with_smddps_rules_goes_on_from_its_checkpoint(shards, tmp_path):
    for epochs in (1, 2):
        arguments = flags(shards, tmp_path, epochs)
        log = run_ranks(ROOT / SMDDP, *arguments, ranks=2, log=tmp_path / f"{epochs}.log")
    assert "Resumed from a checkpoint" in log
    assert len(curve(tmp_path)) == 3


@pytest.mark.slow
def test_ranks_that_mpirun_starts_find_one_another(shards, tmp_path):
    command = [sys.executable, ROOT / SMDDP, *flags(shards, tmp_path, epochs=1)]
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    ranks = []
    for rank in ("0", "1"):
        names = {"RANK": rank, "LOCAL_RANK": rank, "SIZE": "2"}
        place = {f"OMPI_COMM_WORLD_{name}": value for name, value in names.items()}
        env = environment() | meeting | place
        ranks.append(subprocess.Popen(list(map(str, command)), env=env, cwd=tmp_path))
    assert [end(rank, timeout_s=120) for rank in ranks] == [0, 0]
    assert curve(tmp_path)


@pytest.mark.slow
def test_code_that_makes_a_second_process_group_fails_with_smddps_reason(shards, tmp_path):
    for folder in ("helpers", "scripts_train", "scripts_inference", "tests/smddp"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    code = tmp_path / "helpers/training/distributed.py"
    joined = "    return Ranks(rank, world_size, backend"
    assert joined in code.read_text()
    code.write_text(code.read_text().replace(joined, f"    dist.new_group()\n{joined}"))
    log = tmp_path / "log"
    arguments = flags(shards, tmp_path, epochs=1)
    node = start_node(tmp_path / SMDDP, *arguments, ranks=2, port=free_port(), log=log)
    assert end(node, timeout_s=60) == 1
    assert "no new_group" in (tmp_path / "failure").read_text()
