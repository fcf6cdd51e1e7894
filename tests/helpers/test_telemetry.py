"""What libraries would send home is off, unless the user switched it on."""

import os
import subprocess
import sys

from helpers import telemetry
from tests.project.test_style import PYTHON, ROOT


def test_the_switches_are_set(monkeypatch):
    for name in telemetry.SWITCHES:
        monkeypatch.delenv(name, raising=False)
    telemetry.switch_off()
    assert {name: os.environ[name] for name in telemetry.SWITCHES} == telemetry.SWITCHES


def test_what_a_user_has_set_stays(monkeypatch):
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "true")
    telemetry.switch_off()
    assert os.environ["WANDB_ERROR_REPORTING"] == "true"


def test_a_session_writes_nothing_to_the_home_folder(tmp_path):
    code = "from helpers.media import speech; speech._model()"
    home = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    for name in telemetry.SWITCHES:
        home.pop(name, None)
    subprocess.run([sys.executable, "-c", code], env=home, check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []


def test_onnx_runtime_is_imported_in_one_place():
    words = ("import onnxruntime", "from onnxruntime")
    files = [path for path in PYTHON if path.parts[0] in ("helpers", "scripts_inference")]
    found = [
        str(path)
        for path in files
        if any(line.strip().startswith(words) for line in (ROOT / path).read_text().splitlines())
    ]
    assert found == ["helpers/onnx_session.py"]
