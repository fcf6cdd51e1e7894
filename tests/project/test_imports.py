"""Imports point downwards: the contracts of pyproject.toml hold, and each of them would notice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT
from tools.readme import tracked

MODULES = [path for path in tracked() if path.parts[0] in ("helpers", "local_aws")]
LINT = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def tree(tmp_path):
    """Return a copy of the contracts and of the packages that they bind."""
    for path in (Path("pyproject.toml"), *MODULES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, tmp_path / path)
    return tmp_path


def lint(tree: Path) -> tuple[int, str]:
    """Return the status of lint-imports in a folder, and its text in one line."""
    command = [LINT, "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    return done.returncode, " ".join(done.stdout.split())


def test_every_contract_is_kept(tree):
    status, text = lint(tree)
    assert status == 0, text
    assert " 0 broken." in text


@pytest.mark.parametrize(
    "module, line, broken",
    [
        (
            "helpers/paths.py",
            "from helpers import telemetry",
            "helpers.paths -> helpers.telemetry",
        ),
        (
            "helpers/media/audio.py",
            "def late(): from helpers.stream import make_loader",
            "helpers.media.audio -> helpers.stream",
        ),
        (
            "helpers/networks/model.py",
            "from helpers.training.options import Options",
            "helpers.networks.model -> helpers.training.options",
        ),
        (
            "helpers/streaming/plan.py",
            "from helpers.s3 import S3Prefix",
            "helpers.streaming.plan -> helpers.s3",
        ),
        (
            "helpers/media/audio.py",
            "from helpers.media.logmel import LogMel",
            "No cycles are allowed in helpers.media.",
        ),
        (
            "helpers/datasets/birds/scores.py",
            "from helpers.datasets.bins.groups import SIDE",
            "helpers.datasets.birds.scores -> helpers.datasets.bins.groups",
        ),
        (
            "helpers/tuning/plots.py",
            "from local_aws.services.sagemaker.tuning import ranges",
            "helpers.tuning.plots -> local_aws.services.sagemaker.tuning",
        ),
        (
            "local_aws/state/files.py",
            "from helpers.paths import below",
            "local_aws.state.files -> helpers.paths",
        ),
        (
            "local_aws/state/files.py",
            "from local_aws.wire.signatures import Scope",
            "local_aws.state.files -> local_aws.wire.signatures",
        ),
        (
            "local_aws/services/logs/pages.py",
            "from local_aws.services.s3.xml import element",
            "local_aws.services.logs.pages -> local_aws.services.s3.xml",
        ),
        (
            "local_aws/state/disk.py",
            "from local_aws.state.documents import Documents",
            "No cycles are allowed in local_aws.state.",
        ),
    ],
)
def test_an_import_that_breaks_a_contract_is_named(tree, module, line, broken):
    path = tree / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    status, text = lint(tree)
    assert status == 1 and broken in text


@pytest.mark.parametrize("module", ["helpers/new.py", "local_aws/new.py"])
def test_a_new_module_needs_a_layer(tree, module):
    (tree / module).write_text('"""Has no layer."""\n')
    status, text = lint(tree)
    assert status != 0 and "new" in text
