"""Builds Pythons with what a job has on AWS: its image's packages, its requirements, no more.

python -m tools.image_venvs    build those that are missing into .image-venvs/, and say where

The one of training takes about 7 GB and some minutes, once: torch comes with CUDA from PyPI.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".image-venvs"
DONE = "installed"


@dataclass(frozen=True)
class Image:
    """One image, as far as Python code sees it."""

    python: str
    installs: Callable[[], list[list[str]]]
    """Returns pip's arguments, one call after another."""


def pins(file: str) -> list[str]:
    """Return a requirements file's lines without comments."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    return [line for line in lines if line]


def training() -> list[list[str]]:
    """Return what AWS's image brings, then what the job installs: the toolkit's own order."""
    return [
        ["--no-deps", *pins("local_aws/images/aws/pytorch-2.13-cu133/packages.txt")],
        pins("scripts_train/requirements.txt"),
    ]


def processing() -> list[list[str]]:
    """Return what docker_process/Dockerfile installs."""
    lines = pins("docker_process/requirements.txt")
    alone = [line for line in lines if line.startswith("silero-vad==")]
    return [["--no-deps", *alone], [line for line in lines if line not in alone]]


IMAGES = {"training": Image("3.12", training), "processing": Image("3.11", processing)}
"""Name to image: AWS's for training, and our own for processing."""


def folder(name: str) -> Path:
    """Return where an image's Python belongs: another place for other packages."""
    image = IMAGES[name]
    digest = hashlib.sha256(repr((image.python, image.installs())).encode()).hexdigest()
    return FOLDER / f"{name}-{digest[:12]}"


def python(name: str) -> Path | None:
    """Return an image's Python; None where it has not been built."""
    venv = folder(name)
    return venv / "bin" / "python3" if (venv / DONE).is_file() else None


def build(name: str) -> Path:
    """Build an image's Python, if it is not there, and return it.

    Raises:
        LookupError: there is no such Python on the PATH.
    """
    if (existing := python(name)) is not None:
        return existing
    image, venv = IMAGES[name], folder(name)
    if (base := shutil.which(f"python{image.python}")) is None:
        raise LookupError(f"No python{image.python} on the PATH: the image {name} has that one")
    subprocess.run([base, "-m", "venv", "--clear", str(venv)], check=True)
    for call in image.installs():
        pip = [str(venv / "bin" / "python3"), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, *call], check=True)
    (venv / DONE).touch()
    return build(name)


if __name__ == "__main__":
    for each in IMAGES:
        print(build(each).relative_to(ROOT), flush=True)
