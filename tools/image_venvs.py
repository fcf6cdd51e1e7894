"""Builds virtual environments with the packages of the jobs' images; knows no job script.

Each takes some minutes and up to 7 GB, once: torch from PyPI includes CUDA.
"""

import hashlib
import json
import os
import shutil
import subprocess
import venv
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from tools.pins import ROOT, normal

FOLDER = ROOT / ".image-venvs"
DONE = "installed"
UV = "uv==0.13.9"
"""Installs the packages: AWS's newer images are built by it, and it is much faster than pip."""
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
RECIPES = "https://github.com/aws/deep-learning-containers/blob"
NEWER = f"{RECIPES}/e0ecedea6a1c56d6b5914f9cfb2fec5c548e67e0/docker/pytorch/2.13"
OLDER = f"{RECIPES}/534c016e945fd4f73f12415923bd522ef171983e/pytorch/training/docker/2.3/py3/cu121"
LISTS = "local_aws/images/aws"
LIST = """
import importlib.metadata, json
print(json.dumps([(each.name, each.version) for each in importlib.metadata.distributions()]))
"""
OF_PYTHON = {"pip", "setuptools", "wheel"}
"""What a new environment of some Python has by itself."""


@dataclass(frozen=True)
class Image:
    """One image of the course's jobs.

    Args:
        title: its name, as the table shows it.
        packages: the file that lists what it has; empty where `requirements` says all.
        source: what the list is made from, in words.
        link: where that is.
        requirements: the file that a job installs, or that the Dockerfile does.
        index: where pip also looks, as in the image's build.
        stand_in: what of the image a stand-in replaces, as it is in no index.
        whole: whether `requirements` is installed without what its packages bring along.
    """

    title: str
    python: str
    packages: str
    source: str
    link: str
    requirements: str
    index: str = ""
    stand_in: str = ""
    whole: bool = False

    @property
    def listed(self) -> list[str]:
        """The lines of its list."""
        return pins(self.packages) if self.packages else []

    @property
    def installs(self) -> list[str]:
        """The lines of what is installed in addition."""
        return [line for line in pins(self.requirements) if not line.startswith("-")]

    def expected(self) -> dict[str, str]:
        """Return {name: version} of all that a job there can import."""
        rows = (line.split("==") for line in [*self.listed, *self.installs])
        return {normal(name): version for name, version in rows}


def pins(file: str) -> list[str]:
    """Return a requirements file's lines without comments."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    return [line for line in lines if line]


TRAINING = "scripts_train/requirements.txt"
IMAGES = {
    "gpu": Image(
        "`pytorch:2.13-cu133-amzn2023-sagemaker`", "3.12",
        f"{LISTS}/pytorch-2.13-cu133/packages.txt", "lock file", f"{NEWER}/cuda/uv.lock", TRAINING,
    ),
    "cpu": Image(
        "`pytorch:2.13-cpu-amzn2023-sagemaker`", "3.12", f"{LISTS}/pytorch-2.13-cpu/packages.txt",
        "lock file", f"{NEWER}/cpu/uv.lock", TRAINING, CPU_INDEX,
    ),
    "smddp": Image(
        "`pytorch-training:2.3.0-gpu-py311`", "3.11", "tests/images/pytorch-2.3.0-smddp.txt",
        "Dockerfile and patches, resolved for its day", f"{OLDER}/Dockerfile.gpu",
        "scripts_train/requirements_smddp.txt", stand_in="SMDDP",
    ),
    "own": Image(
        "our own", "3.11", "", "docker_process/Dockerfile", "../docker_process/Dockerfile",
        "docker_process/requirements.txt", whole=True,
    ),
}  # fmt: skip
"""AWS's images for training, and our own for processing and endpoints."""


def folder(name: str) -> Path:
    """Return the folder of an image's environment; its name depends on the packages."""
    image = IMAGES[name]
    inputs = (image.python, image.listed, image.installs)
    return FOLDER / f"{name}-{hashlib.sha256(repr(inputs).encode()).hexdigest()[:12]}"


def python(name: str) -> Path | None:
    """Return an image's Python; None if it has not been built."""
    home = folder(name)
    return home / "bin" / "python3" if (home / DONE).is_file() else None


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


def uv() -> list[str]:
    """Return the command of uv, installed into an environment of its own if it is missing."""
    program = FOLDER / UV / "bin" / "uv"
    if not program.is_file():
        venv.create(program.parents[1], clear=True, with_pip=True)
        pip = [str(program.with_name("python3")), "-m", "pip", "install", "-q", UV]
        subprocess.run(pip, check=True)
    return [str(program)]


def _answers(index: str) -> bool:
    try:
        with urlopen(index, timeout=10):
            return True
    except OSError as error:
        print(f"{index} is out of reach, so PyPI's torch is installed: {error}", flush=True)
        return False


def build(name: str) -> Path:
    """Build an image's environment, if it is missing, and return its Python.

    Raises:
        LookupError: the image's version of Python is not on the PATH.
        subprocess.CalledProcessError: pip failed.
    """
    if (ready := python(name)) is not None:
        return ready
    image, home = IMAGES[name], folder(name)
    no_deps = ["--no-deps"] if image.whole else []
    subprocess.run([base_python(image.python), "-m", "venv", "--clear", str(home)], check=True)
    install, lent = [*uv(), "pip", "install", "-q", "--python", str(home / "bin" / "python3")], []
    if image.index and _answers(image.index):
        # As pip chooses: the best version of all indexes, not of the first that has the package.
        install += ["--index", image.index, "--index-strategy", "unsafe-best-match"]
    elif image.index and image.listed:
        lent = _needs_of_cuda(home)
    if image.listed:
        subprocess.run([*install, "--no-deps", *image.listed], check=True)
    subprocess.run([*install, *lent, *no_deps, *image.installs], check=True)
    if lent:
        _lend_cuda(home)
    (home / DONE).touch()
    return build(name)


def _needs_of_cuda(home: Path) -> list[str]:
    """Return what keeps uv from installing what PyPI's torch needs and a CPU image lacks."""
    names = [line.split("==")[0] for line in IMAGES["gpu"].listed]
    file = home / "needs-of-cuda.txt"
    file.write_text("\n".join(n for n in names if n.startswith(("nvidia-", "cuda-", "triton"))))
    return ["--excludes", str(file)]


def _lend_cuda(home: Path) -> None:
    """Link CUDA's libraries from the GPU image's environment: PyPI's torch starts not without them.

    A link is no package: nothing more is listed.
    """
    (site,) = home.glob("lib/python*/site-packages")
    (libraries,) = build("gpu").parents[1].glob("lib/python*/site-packages/nvidia")
    (site / "nvidia").mkdir(exist_ok=True)
    for library in libraries.iterdir():
        if not (there := site / "nvidia" / library.name).exists():
            there.symlink_to(library)


def installed(interpreter: Path, **variables: str) -> dict[str, str]:
    """Return {name: version} of all that a Python has; `pip list` would pass over argparse."""
    command = [str(interpreter), "-c", LIST]
    environment = {**os.environ, **variables}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    # A local version label (torch 2.13.0+cpu) says which build it is.
    return {normal(name): pin.partition("+")[0] for name, pin in json.loads(done.stdout)}


def differences(expected: dict[str, str], actual: dict[str, str]) -> list[str]:
    """Return where what is installed is not what is expected, a package a sentence.

    Packages that came with the Python are passed over.
    """
    return [
        f"{name}: {actual.get(name, 'none')} is installed, {expected.get(name, 'none')} is expected"
        for name in sorted((expected.keys() | actual.keys()) - OF_PYTHON)
        if actual.get(name) != expected.get(name)
    ]
