"""Modules of the SDK that run in a job have the instance's folder in the place of /opt/ml."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.instances.container import make_venv
from local_aws.instances.library_paths import MODULES, moved

SITE = Path(next(path for path in sys.path if path.endswith("site-packages")))


def test_texts_of_nested_code_and_of_tuples_are_moved_and_others_stay():
    source = """
PLACES = ("/opt/ml/input", b"/opt/ml", 3)
def place(name): return f"/opt/ml/{name}"
class Here:
    at = "/opt/ml"
"""
    names: dict = {}
    exec(moved(compile(source, "it", "exec"), "/tmp/1"), names)
    assert names["PLACES"] == ("/tmp/1/input", b"/opt/ml", 3)
    assert names["place"]("x") == "/tmp/1/x"
    assert names["Here"].at == "/tmp/1"


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """Return the Python of an instance whose image has this environment's packages."""
    folder = tmp_path_factory.mktemp("instance")
    (folder / "view").mkdir()
    (folder / "view" / "site-packages").symlink_to(SITE)
    return make_venv(folder / "venv", folder / "view") / "bin" / "python"


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_sdks_modules_write_their_failure_into_the_instances_folder(python, tmp_path, module):
    program = f"import importlib; print(importlib.import_module({module!r}).FAILURE_REASON_PATH)"
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "AWS_DEFAULT_REGION": "us-east-1"}
    # Without keys the SDK, as it is imported, would ask a machine's address for some.
    env["AWS_EC2_METADATA_DISABLED"] = "true"
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, env=env)
    assert done.stdout.split() == [f"{tmp_path}/output/failure"], done.stderr
