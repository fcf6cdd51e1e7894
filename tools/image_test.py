"""Tests the job scripts in the Pythons of their images, and writes the results' table.

python -m tools.image_test [IMAGE ...]    all of them, or some of gpu, cpu, smddp, own

The table in docs/images.md gets a row of this run for each image; rows of others stay.
"""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from tools.image_venvs import IMAGES, build, installed, python
from tools.pins import ROOT

PAGE = ROOT / "docs" / "images.md"
BEGIN, END = "<!-- begin image-test -->", "<!-- end image-test -->"
HEAD = (
    "| image | Python | torch | the list's source | packages | date | result |",
    "|---|---|---|---|---|---|---|",
)
OUTCOMES = {"failure": "failed", "error": "failed", "skipped": "not run"}


def results(report: Path) -> dict[str, Counter]:
    """Return image -> how many tests of it ended how, from pytest's report."""
    counts = {name: Counter() for name in IMAGES}
    for case in ElementTree.parse(report).iter("testcase"):
        words = re.findall(r"\w+", case.get("name").partition("[")[2])
        ends = [OUTCOMES[child.tag] for child in case if child.tag in OUTCOMES]
        for image in counts.keys() & set(words):
            counts[image][ends[0] if ends else "passed"] += 1
    return counts


def row(name: str, counts: Counter) -> str:
    """Return an image's row; green is what ran whole."""
    image, versions = IMAGES[name], installed(python(name))
    green = counts["passed"] and not counts["failed"] + counts["not run"]
    ends = ("passed", "failed", "not run")
    words = ", ".join(f"{counts[end]} {end}" for end in ends if counts[end]) or "none"
    words += f"; stand-in for {image.stand_in}" if image.stand_in else ""
    words += "; PyPI's torch, with CUDA" if image.index and has_cuda(name) else ""
    source = f"[{image.source}]({image.link})"
    return (
        f"| {image.title} | {full_version(name)} | {versions.get('torch', 'none')} | {source} | "
        f"{len(image.expected())} | {date.today()} | {'green' if green else 'RED'}: {words} |"
    )


def full_version(name: str) -> str:
    """Return the version of an image's Python, to the last digit."""
    command = [str(python(name)), "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def has_cuda(name: str) -> bool:
    """Return whether the torch of an image's Python is built for CUDA."""
    command = [str(python(name)), "-c", "import torch; print(torch.version.cuda or '')"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return bool(done.stdout.strip())


def with_rows(page: str, rows: dict[str, str]) -> str:
    """Return a page with an image's row replaced, or added, in its table."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    there = {
        name: line
        for name, image in IMAGES.items()
        for line in table.splitlines()
        if line.startswith(f"| {image.title} |")
    }
    lines = [(there | rows)[name] for name in IMAGES if name in there | rows]
    return before + "\n".join([BEGIN, "", *HEAD, *lines, "", END]) + after


def main(names: list[str]) -> int:
    """Build what is missing, run the tests, write the table; return 0 if all is green."""
    for name in names:
        print(build(name).relative_to(ROOT), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "tests/images", f"--junitxml={report}"]
        status = subprocess.run([*command, "-k", " or ".join(names)], cwd=ROOT).returncode
        counts = results(report)
    rows = {name: row(name, counts[name]) for name in names}
    PAGE.write_text(with_rows(PAGE.read_text(), rows))
    print("\n".join(rows.values()))
    return status or int(any("| RED:" in line for line in rows.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(IMAGES)))
