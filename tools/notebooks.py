"""Runs and renders the notebooks, and knows their form; nothing of what they teach.

python -m tools.notebooks run       all notebooks, in order, as copies in .notebooks/
python -m tools.notebooks run 00 01 these alone
python -m tools.notebooks render    the same, then their outputs go into notebooks/
python -m tools.notebooks test      the courses of all data sets, side by side; nothing is kept
"""

import argparse
import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from subprocess import PIPE, STDOUT

import nbformat
from nbformat import NotebookNode

from helpers.datasets import NAMES
from tools.processes import interrupts_left_to_children

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
COPIES = ROOT / ".notebooks"
"""Beside notebooks/, so that a path from a notebook to the rest of the project still holds."""

PROGRESS = re.compile(r"\d+%\|.*\||\d+(\.\d+)?(it|s)/(s|it)\b")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
CELL_FILE = re.compile(r"/[^\s'\"]*/ipykernel_\d+/\d+\.py")
LIBRARY_WARNING = re.compile(r"^\S*/site-packages/\S+: \w*Warning: .*\n(?:  .*\n?)?", re.M)
STATE = re.compile(r"/[^\s'\"]*/course-\w+/state")
LARGE_FIGURE = 60_000
"""Bytes of a PNG from which on it is stored with 256 colors."""


def paths(folder: Path = FOLDER) -> list[Path]:
    """Return the notebooks of a folder in the order of the course."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that hold code."""
    return [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]


def digest(value: object) -> str:
    """Return a short checksum of anything JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def sources_digest(notebook: NotebookNode) -> str:
    """Return the checksum of all code: outputs of other code than this are stale."""
    return digest([cell.source for cell in code_cells(notebook)])


def outputs_digest(notebook: NotebookNode) -> str:
    """Return the checksum of all outputs: what was run again or edited by hand shows."""
    return digest([cell.outputs for cell in code_cells(notebook)])


def clean_text(text: str) -> str:
    """Return what a terminal would show in the end, without machine paths and libraries' noise."""
    text = LIBRARY_WARNING.sub("", COLOR.sub("", text))
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]
    text = "\n".join(line for line in lines if not PROGRESS.search(line))
    text = STATE.sub(".local_aws", text)
    text = text.replace(str(COPIES), "notebooks").replace(f"{ROOT}/", "")
    text = text.replace(str(ROOT), ".")
    if len(str(Path.home())) > 1:
        text = text.replace(f"{Path.home()}/", "~/")
    return ADDRESS.sub("", CELL_FILE.sub("<cell>", text))


def small_png(data: str) -> str:
    """Return a base64 PNG, with 256 colors where it is large."""
    from PIL import Image

    if len(data) * 3 / 4 < LARGE_FIGURE:
        return data
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    out = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def clean_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return a cell's outputs with joined streams, small figures and no noise."""
    cleaned: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            same = cleaned and cleaned[-1].get("name") == output.name
            if same:
                cleaned[-1].text += output.text
            else:
                cleaned.append(output)
            continue
        data = output.get("data", {})
        for kind, value in data.items():
            if kind.startswith("text/"):
                data[kind] = clean_text(value)
            elif kind == "image/png":
                data[kind] = small_png(value).strip()
        cleaned.append(output)
    for output in cleaned:
        if output.output_type == "stream":
            output.text = clean_text(output.text)
    return [o for o in cleaned if o.output_type != "stream" or o.text.strip()]


def seconds(notebook: NotebookNode) -> float:
    """Return how long the cells ran, from the times that the kernel noted."""
    times = [c.metadata.get("execution", {}) for c in code_cells(notebook)]
    stamps = [datetime.fromisoformat(value) for each in times for value in each.values()]
    return (max(stamps) - min(stamps)).total_seconds() if stamps else 0.0


def clean(notebook: NotebookNode, rendered: str) -> None:
    """Bring an executed notebook into the form that is committed.

    `rendered` names the run: all notebooks of the course carry the same one.
    """
    took = seconds(notebook)
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        if cell.cell_type == "code":
            cell.outputs = clean_outputs(cell.outputs)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "course": {
                "rendered": rendered,
                "seconds": round(took),
                "sources": sources_digest(notebook),
                "outputs": outputs_digest(notebook),
            },
        }
    )


def run(numbers: Sequence[str] = ()) -> int:
    """Run copies of all notebooks, or of some, in one pytest, and return its exit status."""
    notebooks = [path for path in paths() if not numbers or path.name[:2] in numbers]
    if not notebooks:
        print(f"No notebooks in {FOLDER.name}/", file=sys.stderr)
        return 1
    shutil.rmtree(COPIES, ignore_errors=True)
    COPIES.mkdir()
    copies = [shutil.copy(path, COPIES / path.name) for path in notebooks]
    options = ["--overwrite", "--verbose", "--no-header", "--durations=0", "--durations-min=0"]
    options += ["-p", "no:cacheprovider", f"--confcutdir={ROOT}"]
    command = [sys.executable, "-m", "pytest", *options, *map(str, copies)]
    with interrupts_left_to_children():
        return subprocess.run(command, cwd=ROOT).returncode


def render() -> int:
    """Run the course and save its outputs into notebooks/; a run that fails changes nothing."""
    before = {path.name: sources_digest(nbformat.read(path, 4)) for path in paths()}
    rendered = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    if status := run():
        return status
    for path in paths():
        if before.get(path.name) != sources_digest(nbformat.read(path, 4)):
            print(f"{path.name} was changed while the course ran: nothing saved", file=sys.stderr)
            return 1
    for path in paths():
        notebook = nbformat.read(COPIES / path.name, 4)
        clean(notebook, rendered)
        nbformat.write(notebook, path)
        print(f"{path.name}: {notebook.metadata.course.seconds} s")
    return 0


def test(options: Sequence[str] = ("notebooks", "--verbose", "--no-header")) -> int:
    """Run the course of every data set at once, each in a pytest of its own; return 1 if any fails.

    Each line of their output begins with the data set's name.
    """
    with interrupts_left_to_children(), ThreadPoolExecutor(len(NAMES)) as threads:
        codes = list(threads.map(partial(course, options=options), NAMES))
    return 1 if any(codes) else 0


def course(dataset: str, options: Sequence[str]) -> int:
    """Run one data set's course, say who speaks on every line, and return pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    # Threads that wait leave the core to the other course.
    environment = os.environ | {"COURSE_DATASET": dataset, "OMP_WAIT_POLICY": "PASSIVE"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT, text=True
    ) as process:
        for line in process.stdout:
            print(f"{dataset}: {line}", end="", flush=True)
    return process.returncode


def main() -> int:
    """Read the command and carry it out."""
    commands = {"run": run, "render": render, "test": test}
    parser = argparse.ArgumentParser(description="Run, render or test the notebooks of the course.")
    parser.add_argument("command", choices=commands)
    parser.add_argument("numbers", nargs="*", help="of the notebooks to run (default all)")
    args = parser.parse_args()
    if args.numbers and args.command != "run":
        parser.error("only run takes numbers of notebooks")
    return run(args.numbers) if args.numbers else commands[args.command]()


if __name__ == "__main__":
    sys.exit(main())
