"""What an image is here: a folder with `image.json`, `packages.txt` and `files`; runs nothing.

`files`, where it is there, has what the image has besides Python and its packages.

`packages.txt` has the form of a requirements file. A complete list names all that the image has;
another one names what was asked of pip, which brought along what that needs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from local_aws.images import installed
from local_aws.images.requirement_lines import requirement
from local_aws.state.files import write_atomic

ABOUT, PACKAGES, FILES = "image.json", "packages.txt", "files"
TOOLKIT = "sagemaker-inference"
"""What AWS's old PyTorch images serve by."""
OF_PYTHON = ("pip", "setuptools", "wheel")
"""What Docker's own images of Python come with."""


@dataclass(frozen=True)
class Image:
    """One image, as far as Python code sees it.

    Args:
        folder: of its `image.json` and `packages.txt`.
        python: its version there, such as `3.12`.
        packages: the lines of its list.
        complete: whether the list names all that it has.
        entry_point: what it runs where the job names no command.
        serve: the path of its own program that hosts a model, or AWS's toolkit where it hosts one
            by that; None where it hosts none.
        variables: what its ENV instructions set.
        workdir: what its WORKDIR names; empty where nothing does.
    """

    folder: Path
    python: str
    packages: tuple[Requirement, ...]
    complete: bool
    entry_point: tuple[str, ...] = ()
    serve: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    workdir: str = ""

    @property
    def files(self) -> Path:
        """The folder that lies at an instance's root; it may not be there."""
        return self.folder / FILES

    def distributions(self) -> dict[str, installed.Distribution]:
        """Return what this machine's environment has of the image, by name."""
        environment = installed.environment()
        if self.complete:
            names = {canonicalize_name(line.name) for line in self.packages}
            return {name: environment.found[name] for name in names & environment.found.keys()}
        base = [requirement(name) for name in OF_PYTHON]
        return environment.with_needs([*self.packages, *base])

    @property
    def differences(self) -> list[str]:
        """Return how a program here sees another Python than in the image itself, in sentences."""
        lines, environment = [], installed.environment()
        if self.python != environment.python:
            lines.append(f"Python {self.python}, here {environment.python}")
        for line in self.packages:
            here = environment.found.get(canonicalize_name(line.name))
            if here is None:
                lines.append(f"{line}, here none")
            elif not line.specifier.contains(here.version, prereleases=True):
                lines.append(f"{line}, here {here.version}")
        return lines


def everything() -> Image:
    """Return an image that has all that the server's own environment has."""
    environment = installed.environment()
    packages = tuple(requirement(name) for name in sorted(environment.found))
    return Image(installed.SITE, environment.python, packages, complete=True, serve=TOOLKIT)


def read(folder: Path) -> Image:
    """Return the image of a folder.

    Raises:
        FileNotFoundError: the folder is no image.
    """
    facts = json.loads((folder / ABOUT).read_text())
    return Image(
        folder, facts["python"], tuple(parsed((folder / PACKAGES).read_text())),
        facts["complete"], tuple(facts["entry_point"]), facts["serve"], facts.get("variables", {}),
        facts.get("workdir", ""),
    )  # fmt: skip


def write(folder: Path, packages: str, facts: dict) -> None:
    """Make a folder an image; `about` is what `image.json` holds."""
    write_atomic(folder / PACKAGES, packages.encode())
    write_atomic(folder / ABOUT, json.dumps(facts, indent=2).encode())


def parsed(text: str) -> list[Requirement]:
    """Return the lines of a package list.

    Raises:
        ValueError: a line is no name with perhaps a version.
    """
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    try:
        return [requirement(line) for line in lines if line]
    except InvalidRequirement as error:
        raise ValueError(str(error)) from None
