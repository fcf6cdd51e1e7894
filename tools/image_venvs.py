"""Builds virtual environments with the packages of the jobs' images; knows no job script.

python -m tools.image_venvs    build the missing ones in .image-venvs/, and print their paths

The training image's takes about 7 GB and some minutes, once: torch from PyPI includes CUDA.
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
    """One image: its Python and its packages."""

    python: str
    installs: Callable[[], list[list[str]]]
    """Returns pip's arguments, one call after another."""


def pins(file: str) -> list[str]:
    """Return a requirements file's lines without comments."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    return [line for line in lines if line]


def training() -> list[list[str]]:
    """Return pip's arguments: AWS's image first, then the job's requirements, as in a job."""
    return [
        ["--no-deps", *pins("local_aws/images/aws/pytorch-2.13-cu133/packages.txt")],
        pins("scripts_train/requirements.txt"),
    ]


def processing() -> list[list[str]]:
    """Return pip's arguments of docker_process/Dockerfile."""
    lines = pins("docker_process/requirements.txt")
    return [[word for line in lines for word in line.split()]]


IMAGES = {"training": Image("3.12", training), "processing": Image("3.11", processing)}
"""Name to image: AWS's for training, and our own for processing and endpoints."""


def folder(name: str) -> Path:
    """Return the folder of an image's environment; its name depends on the packages."""
    image = IMAGES[name]
    digest = hashlib.sha256(repr((image.python, image.installs())).encode()).hexdigest()
    return FOLDER / f"{name}-{digest[:12]}"


def python(name: str) -> Path | None:
    """Return an image's Python; None if it has not been built."""
    venv = folder(name)
    return venv / "bin" / "python3" if (venv / DONE).is_file() else None


def base_python(version: str) -> str:
    """Return the interpreter of a version of Python, such as 3.12.

    Raises:
        LookupError: it is not on the PATH.
    """
    name = f"python{version}"
    # pyenv has a name on the PATH for each version, which fails where that one is not chosen.
    if (path := shutil.which(name)) is None or subprocess.run([path, "-c", ""]).returncode:
        raise LookupError(f"No {name} on the PATH")
    return path


def build(name: str) -> Path:
    """Build an image's environment, if it is missing, and return its Python.

    Raises:
        LookupError: the image's version of Python is not on the PATH.
    """
    if (ready := python(name)) is not None:
        return ready
    image, venv = IMAGES[name], folder(name)
    if (base := shutil.which(f"python{image.python}")) is None:
        raise LookupError(f"No python{image.python} on the PATH: the image {name} needs it")
    subprocess.run([base, "-m", "venv", "--clear", str(venv)], check=True)
    for call in image.installs():
        pip = [str(venv / "bin" / "python3"), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, *call], check=True)
    (venv / DONE).touch()
    return build(name)


if __name__ == "__main__":
    for each in IMAGES:
        print(build(each).relative_to(ROOT), flush=True)
