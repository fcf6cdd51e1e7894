"""Reads the pins of requirements.txt and resolves their dependencies; standard library only.

python tools/pins.py    resolve in a new environment and write constraints.txt
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements.txt"
CONSTRAINTS = ROOT / "constraints.txt"
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([\w.!]+)$")
HEADER = "# The dependencies of requirements.txt's packages; written by `make lock`.\n"


def normal(name: str) -> str:
    """Return a distribution's name in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    """Return {name: version} of a file of pins, comments and options.

    Raises:
        ValueError: a line is no exact pin.
    """
    pinned = {}
    for line in map(str.strip, path.read_text().splitlines()):
        if not line or line.startswith(("#", "-c ")):
            continue
        if not (match := PIN.match(line)):
            raise ValueError(f"{path.name}: {line!r} is not `name==version`")
        pinned[normal(match[1])] = match[2]
    return pinned


def resolve(requirements: str) -> dict[str, str]:
    """Install requirements into a new environment and return all installed versions."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(requirements)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "-r", str(wanted)], check=True, stdout=sys.stderr)
        frozen = subprocess.run([*pip, "freeze", "--all"], check=True, capture_output=True)
    rows = (line.split("==") for line in frozen.stdout.decode().splitlines())
    # A local version label (torch 2.13.0+cpu) belongs to this machine, not to the pin.
    return {normal(name): version.split("+")[0] for name, version in rows}


def lock() -> None:
    """Write constraints.txt: the newest dependencies that agree with requirements.txt."""
    own = pins(REQUIREMENTS)
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if line[:3] != "-c "]
    pinned = resolve("\n".join(lines))
    rows = [f"{n}=={v}" for n, v in sorted(pinned.items()) if n not in own and n != "pip"]
    CONSTRAINTS.write_text(HEADER + "\n".join(rows) + "\n")


if __name__ == "__main__":
    lock()
