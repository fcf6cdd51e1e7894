"""The import of torchaudio: native where it works, without its extension where not."""

import subprocess
import sys

import pytest

from helpers.media import torchaudio_cpu

PROGRAM = """
import sys
from helpers.media import torchaudio_cpu
audio = torchaudio_cpu.load()
assert audio is torchaudio_cpu.load() is sys.modules["torchaudio"]
import torch
print(tuple(audio.transforms.MFCC()(torch.zeros(1, 16000)).shape)[:2])
"""


def test_transforms_work_in_a_fresh_process_whatever_torch_was_built_for():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.stdout.strip() == "(1, 40)", done.stderr


def test_a_missing_torchaudio_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchaudio", None)
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        torchaudio_cpu.load()
