"""The packages of an image as a folder of links to the installed ones; made once an image.

A view has `site-packages`, `bin` with the packages' scripts, and `source`, the path of the
packages themselves. A folder that the image has whole is one link. Left out: scripts that are no
Python, data outside site-packages, lines of .pth files.
"""

import hashlib
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from local_aws.images import installed
from local_aws.images.image import Image
from local_aws.state import paths

FRONT = Path(__file__).with_name("pip_front.py")
PIP = "pip/__main__.py"
NOT_PIPS = ("pip/__main__.", "pip/__pycache__/__main__.")
SCRIPT = """\
#!/usr/bin/env python3
import sys

from {module} import {first}

sys.exit({function}())
"""
Parts = tuple[str, ...]


def view_of(state: Path, image: Image) -> Path:
    """Return the view of an image below a state folder, made if it is not there."""
    had = image.distributions()
    view = paths.child(state / "images" / "views", _digest(had.values()))
    if not view.exists():
        view.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=view.parent))
        folder.chmod(0o755)
        _make(folder, had)
        try:
            folder.rename(view)
        except OSError:  # another job has made it meanwhile
            shutil.rmtree(folder)
    return view


def _digest(had: Iterable[installed.Distribution]) -> str:
    """Return a name that changes with the packages, with where they lie, and with the front."""
    names = sorted(f"{each.name} {each.version}" for each in had)
    inputs = [
        *names,
        str(installed.SITE),
        str(installed.SITE.stat().st_mtime_ns),
        FRONT.read_text(),
    ]
    return hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:16]


def _make(folder: Path, had: dict[str, installed.Distribution]) -> None:
    for name in ("site-packages", "bin"):
        (folder / name).mkdir()
    (folder / "source").write_text(str(installed.SITE))
    owners = defaultdict(list)
    for each in installed.environment().found.values():
        for file in each.files:
            # No image gets this one file of pip as it is.
            owners["" if file.startswith(NOT_PIPS) else each.name].append(tuple(file.split("/")))
    _link(owners, had.keys(), 0, str(installed.SITE), str(folder / "site-packages"))
    if "pip" in had:
        shutil.copyfile(FRONT, folder / "site-packages" / PIP)
    for each in had.values():
        for name, value in each.scripts:
            write_script(folder / "bin" / name, "pip.__main__:main" if _is_pip(name) else value)


def _is_pip(script: str) -> bool:
    return script.rstrip("0123456789.") == "pip"


def _link(owners: dict[str, list[Parts]], had: set[str], at: int, source: str, to: str) -> None:
    """Link what a folder has of the image's packages.

    Args:
        owners: package to its files below the folder, whoever has it.
        had: the image's packages.
        at: how deep the folder lies.
    """
    children = defaultdict(lambda: defaultdict(list))
    for name, files in owners.items():
        for parts in files:
            children[parts[at]][name].append(parts)
    for child, inside in children.items():
        if not inside.keys() & had:
            continue
        there, here = f"{source}/{child}", f"{to}/{child}"
        is_file = any(len(parts) == at + 1 for files in inside.values() for parts in files)
        if inside.keys() <= had or is_file:
            os.symlink(there, here)
        else:
            os.mkdir(here)
            _link(inside, had, at + 1, there, here)


def write_script(path: Path, value: str) -> None:
    """Write a console script for `module:function`; it runs by the python3 on the PATH."""
    module, _, function = value.partition("[")[0].strip().partition(":")
    first = function.partition(".")[0]
    path.write_text(SCRIPT.format(module=module, first=first, function=function))
    path.chmod(0o755)
