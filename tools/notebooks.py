"""Runs and renders the notebooks, and knows their form; nothing of what they teach.

python -m tools.notebooks run       all notebooks, in order, as copies in .notebooks/
python -m tools.notebooks run 00 01 these alone
python -m tools.notebooks render    the course of each data set, one after the other, and its
                                    outputs into notebooks/ and notebooks/bins/; `render bins`
                                    makes those of the bins alone
python -m tools.notebooks prose     changed prose of notebooks/ goes into notebooks/bins/ too
python -m tools.notebooks test      the courses of all data sets, side by side; nothing is kept
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from subprocess import PIPE, STDOUT

import nbformat
from nbformat import NotebookNode

from helpers.datasets import NAMES
from tools import aws_run
from tools.outputs import COPIES, ROOT, clean_outputs
from tools.processes import interrupts_left_to_children

FOLDER = ROOT / "notebooks"
"""The notebooks that are written and run, with the outputs of the first data set."""


def folder_of(dataset: str) -> Path:
    """Return the folder of a data set's pages: the same cells, with its own outputs."""
    return FOLDER if dataset == NAMES[0] else FOLDER / dataset


def paths(dataset: str = NAMES[0]) -> list[Path]:
    """Return a data set's notebooks in the order of the course."""
    return sorted(folder_of(dataset).glob("[0-9][0-9]_*.ipynb"))


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


def seconds(notebook: NotebookNode) -> float:
    """Return how long the cells ran, from the times that the kernel noted."""
    times = [c.metadata.get("execution", {}) for c in code_cells(notebook)]
    stamps = [datetime.fromisoformat(value) for each in times for value in each.values()]
    return (max(stamps) - min(stamps)).total_seconds() if stamps else 0.0


def clean(notebook: NotebookNode, rendered: str, dataset: str = NAMES[0]) -> None:
    """Bring an executed notebook into the form that is committed.

    `rendered` names the run: all notebooks of a data set's course carry the same one.
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
                "made": f"make render, which runs notebooks/ with COURSE_DATASET={dataset}",
                "rendered": rendered,
                "seconds": round(took),
                "sources": sources_digest(notebook),
                "outputs": outputs_digest(notebook),
            },
        }
    )


def run(numbers: Sequence[str] = (), environment: Mapping[str, str] = os.environ) -> int:
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
    if aws_run.run_of(environment):
        options.append(f"--nbmake-timeout={aws_run.CELL_SECONDS}")
    command = [sys.executable, "-m", "pytest", *options, *map(str, copies)]
    with interrupts_left_to_children():
        return subprocess.run(command, cwd=ROOT, env=environment).returncode


def run_anywhere(numbers: Sequence[str]) -> int:
    """Run notebooks on the local AWS or, with COURSE_CLOUD=aws and a yes to the bill, on AWS."""
    if not aws_run.is_wanted(os.environ):
        return run(numbers)
    if not aws_run.confirmed():
        print("Nothing was run: unset COURSE_CLOUD to run it on the local AWS", file=sys.stderr)
        return 1
    return run(numbers, os.environ | {aws_run.CONFIRMED: "yes"})


def render(datasets: Sequence[str] = NAMES) -> int:
    """Run the course of each data set and save its outputs; a run that fails saves none of its own.

    The data is the course's own, whatever COURSE_RAW says: the pages tell of it.
    """
    own = {name: value for name, value in os.environ.items() if name != "COURSE_RAW"}
    for dataset in datasets or NAMES:
        before = sources()
        rendered = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if status := run(environment=own | {"COURSE_DATASET": dataset}):
            return status
        if changed := [name for name, code in sources().items() if before.get(name) != code]:
            print(f"{changed[0]} was changed while the course ran: nothing saved", file=sys.stderr)
            return 1
        save(dataset, rendered)
    return 0


def sources() -> dict[str, str]:
    """Return the digest of each notebook's cells, prose and all, by its file's name."""
    cells = {path.name: nbformat.read(path, 4).cells for path in paths()}
    return {name: digest([(c.id, c.source) for c in each]) for name, each in cells.items()}


def save(dataset: str, rendered: str) -> None:
    """Save the copies that were run as a data set's pages; a page whose notebook is gone goes."""
    folder = folder_of(dataset)
    folder.mkdir(exist_ok=True)
    for path in {path.name for path in paths(dataset)} - {path.name for path in paths()}:
        (folder / path).unlink()
    for path in paths():
        notebook = nbformat.read(COPIES / path.name, 4)
        clean(notebook, rendered, dataset)
        nbformat.write(notebook, folder / path.name)
        print(f"{dataset} {path.name}: {notebook.metadata.course.seconds} s")


def copy_prose() -> int:
    """Copy the prose of notebooks/ into the other data sets' pages; other code needs a render."""
    for dataset in NAMES[1:]:
        for path in paths(dataset):
            notebook, page = (nbformat.read(each, 4) for each in (FOLDER / path.name, path))
            if sources_digest(notebook) != sources_digest(page):
                print(f"{dataset} {path.name} is of other code: `make render`", file=sys.stderr)
                return 1
            run_cells = {cell.id: cell for cell in page.cells if cell.cell_type == "code"}
            page.cells = [run_cells.get(cell.id, cell) for cell in notebook.cells]
            nbformat.write(page, path)
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
    parser = argparse.ArgumentParser(description="Run, render or test the notebooks of the course.")
    parser.add_argument("command", choices=("run", "render", "prose", "test"))
    parser.add_argument("names", nargs="*", help="numbers to run, data sets to render (all)")
    args = parser.parse_args()
    known = {"run": [path.name[:2] for path in paths()], "render": NAMES}.get(args.command, ())
    if unknown := set(args.names) - set(known):
        words = f"numbers of notebooks, and only render data sets ({', '.join(NAMES)})"
        parser.error(f"only run takes {words}: not {', '.join(sorted(unknown))}")
    commands = {
        "run": partial(run_anywhere, args.names),
        "render": partial(render, args.names),
        "prose": copy_prose,
        "test": test,
    }
    return commands[args.command]()


if __name__ == "__main__":
    sys.exit(main())
