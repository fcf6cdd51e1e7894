"""Writes the package lists of AWS's images from the recipes that AWS publishes; builds no image.

python -m tools.image_lists CLONE    write them anew from a clone of aws/deep-learning-containers

Where a recipe has a lock file, the list is its content. An older image has none: its list is what
uv chooses of that day's packages, with the versions that the recipe and its patches name.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tools import image_recipes
from tools.image_venvs import uv
from tools.pins import ROOT, normal

SOURCE = "https://github.com/aws/deep-learning-containers/blob"
COMMIT = "e0ecedea6a1c56d6b5914f9cfb2fec5c548e67e0"
READ = "2026-11-25"
"""The day on which that commit was the newest; image.json has it too."""
OLD = "534c016e945fd4f73f12415923bd522ef171983e"
PATCHED = "94ebd3787f37331afb9ad752f852041226ccc9de"
FOLDER = "pytorch/training/docker/2.3/py3/cu121"
NOTES = {
    "cpu": "The lock's torch and torchvision are `+cpu`.",
    "cuda": "The lock's torch, torchaudio and torchvision are `+cu130`: PyPI's wheels of these\n"
    "# versions are the same builds. Left out: deepspeed, flash-attn and transformer-engine,\n"
    "# which want a CUDA compiler and which no code of the course imports.",
}


@dataclass(frozen=True)
class Recipes:
    """A clone of AWS's repository."""

    clone: Path

    def read(self, commit: str, path: str) -> str:
        """Return the text of a file at a commit."""
        show = ["git", "-C", str(self.clone), "show", f"{commit}:{path}"]
        return subprocess.run(show, check=True, capture_output=True, text=True).stdout


def from_lock(recipes: Recipes, kind: str, tag: str) -> str:
    """Return the list of one of the newer images, from its lock file."""
    path = f"docker/pytorch/2.13/{kind}/uv.lock"
    versions = image_recipes.locked(recipes.read(COMMIT, path), "sagemaker")
    if kind == "cuda":
        del versions["deepspeed"]
    return f"""\
# The Python packages of AWS's image {tag}, as it was built; written by
# `python -m tools.image_lists` from the image's own lock file:
# {SOURCE}/{COMMIT}/{path}
# (its extra `sagemaker`, for Linux, x86_64 and Python 3.12; read {READ}). AWS rebuilds the image
# under the same tag with patched packages, so later ones are newer.
# {NOTES[kind]}
""" + lines(versions)


def from_dockerfile(recipes: Recipes) -> str:
    """Return the list of the last image with SMDDP, from its Dockerfile and its day."""
    wanted = image_recipes.installed(
        recipes.read(OLD, f"{FOLDER}/Dockerfile.gpu"), ["common", "sagemaker"]
    )
    core = recipes.read(OLD, f"{FOLDER}/Dockerfile.sagemaker.gpu.core_packages.json")
    history = recipes.read(PATCHED, f"{FOLDER}/Dockerfile.sagemaker.gpu.overall_history.txt")
    day = date(2024, 6, 1)
    versions = on_day(wanted, image_recipes.limits(core), "3.11", day)
    versions |= image_recipes.patches(history)
    return f"""\
# The Python packages of AWS's image pytorch-training:2.3.0-gpu-py311, as near as its recipe tells;
# written by `python -m tools.image_lists` from
# {SOURCE}/{OLD}/{FOLDER}/Dockerfile.gpu
# (stages common and sagemaker), its Dockerfile.sagemaker.gpu.core_packages.json, and the patches of
# {SOURCE}/{PATCHED}/{FOLDER}/Dockerfile.sagemaker.gpu.overall_history.txt
# The image has no lock file. What the recipe leaves open is what uv chooses of PyPI's files before
# {day}, the day after the recipe's last change; AWS takes most from conda. Left out:
# smdistributed-dataparallel and smprof, which are in no index; apex, flash-attn and
# transformer-engine, which want a CUDA compiler; mpi4py, which wants MPI. Of these the course
# imports SMDDP alone.
""" + lines(versions)


def on_day(wanted: list[str], limits: list[str], version: str, day: date) -> dict[str, str]:
    """Return {name: version} that pip installs, of what PyPI had at the beginning of a day."""
    with tempfile.TemporaryDirectory() as folder:
        (constraints := Path(folder, "limits.txt")).write_text("\n".join(limits))
        command = [*uv(), "pip", "compile", "-", "-q", "--no-header", "--no-annotate"]
        command += ["--python-version", version, "--exclude-newer", f"{day}T00:00:00Z"]
        done = subprocess.run(
            [*command, "-c", str(constraints)], input="\n".join(wanted), check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    return {normal(name): pin for name, pin in (row.split("==") for row in done.stdout.split())}


def lines(versions: dict[str, str]) -> str:
    """Return a package list's lines."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))


def main(clone: str) -> None:
    """Write all lists."""
    recipes, folder = Recipes(Path(clone)), ROOT / "local_aws" / "images" / "aws"
    for kind, variant in {"cpu": "cpu", "cuda": "cu133"}.items():
        text = from_lock(recipes, kind, f"pytorch:2.13-{variant}-amzn2023-sagemaker")
        (folder / f"pytorch-2.13-{variant}" / "packages.txt").write_text(text)
    (ROOT / "tests" / "images" / "pytorch-2.3.0-smddp.txt").write_text(from_dockerfile(recipes))


if __name__ == "__main__":
    main(sys.argv[1])
