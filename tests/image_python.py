"""Runs scripts in the Python of a job's image, with nothing of this process's environment."""

import subprocess
from pathlib import Path

import pytest

from tools.image_venvs import python


def interpreter(image: str) -> Path:
    """Return an image's Python, or skip the test."""
    if (path := python(image)) is None:
        pytest.skip(f"the Python of the image {image} is not built: make image-test")
    return path


def run(image: str, *words: object, cwd: Path, **env: object) -> str:
    """Run the image's Python on some words as a job does, and return its log."""
    path = interpreter(image)
    clean = {"PATH": f"{path.parent}:/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8"}
    clean |= {name: str(value) for name, value in env.items()}
    command = [str(path), *map(str, words)]
    done = subprocess.run(command, env=clean, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
