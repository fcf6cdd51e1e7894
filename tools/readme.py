"""Writes the generated lists of README.md, CONTRIBUTING.md and docs/ from the project's files.

python -m tools.readme    update them
"""

import ast
import re
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat

from helpers.datasets import NAMES
from tools import aws_page, notebooks, operations, role_policies, subjects, user_policy

ROOT = Path(__file__).resolve().parents[1]
FIELDS = {"Needs": "Needs", "Uses": "Uses", "Takes": "Takes", "Costs": "Costs", "On AWS": "Costs"}
"""First words of the sentences in an opening cell's last paragraph, and their field."""
TOPICS = {
    "00": "cloud, bucket, role, costs, quotas",
    "01": "raw data to S3, and a first look",
    "02": "SQL over many small files; CTAS to 21 Parquet files",
    "03": "a Spark job curates metadata; Athena and Spark compared",
    "04": "clean, split without leaks, pack: WebDataset shards",
    "05": "streamed, distributed training on two instances",
    "06": "a tuning job beside a search on a warm pool; the winner in full",
    "07": "scores with intervals, model card, two versions in the registry",
    "08": "an endpoint, an update that goes back by itself, four kinds side by side, a page",
    "09": "captured traffic, drift at a stated rate of false alarms, an alarm, late labels",
    "10": "new data, looked at, learned from, compared and live, or stopped with the reason",
    "11": "input modes, a plan for a terabyte, spot, what the run has cost",
    "12": "delete everything, and prove it",
}
"""Number of a notebook, and its subject in a few words."""
COMMENTS = {
    ".devcontainer": "AWS's image of Glue for VS Code with Docker",
    "docker_process": "the image of processing jobs and endpoints, and its server",
    "notebooks": "the course, with the outputs of the birds",
    "notebooks/bins": "the same cells with the outputs of the bins: pages to read",
    "scripts_train": "the training job",
    "scripts_process": "the processing jobs, one script each",
    "scripts_inference": "the endpoint",
    "benchmarks": "measurements of speed, memory and size",
    "docs": "pages on architecture, the local AWS, operations, files, images, benchmarks, AWS",
    "CONTRIBUTING.md": "the rules that tests hold, the contracts, and an index of changes",
    "tests": "mirrors helpers/ and local_aws/; the notebooks are run too",
    "conftest.py": "how pytest runs the notebooks: in order, on one fresh local AWS",
    "requirements.txt": "every package that the project names, pinned",
    "constraints.txt": "their dependencies, pinned",
    "environment.yml": "the conda environment (its pip part is requirements.txt)",
    "helpers/page": "the page on which a model is tried: HTML, style, and a script for each noun",
    "local_aws/images/aws": "AWS's images: a folder each, with its package list and their source",
    "local_aws/services/glue/spark": "what a Spark job gets: awsglue, a file system on S3's API",
    "local_aws/pyproject.toml": "installs the local AWS by itself",
    "pyproject.toml": "settings of pytest and ruff; installs the two packages in place",
    "Makefile": "`make` lists its targets",
    ".ci/run": "the program of CI: make test",
}
"""Descriptions of files and folders without a docstring."""
FOLDERS = ("notebooks", "helpers", "local_aws", "scripts_", "tools")
"""Prefixes of the folders that are listed file by file; others with a comment have one line."""


def opening(path: Path) -> dict[str, str]:
    """Return the fields of a notebook's first cell: Title, Problem, Needs, Uses, Takes, Costs."""
    text = nbformat.read(path, 4).cells[0].source
    title = re.search(r"^# (\d\d .+)$", text, re.M)
    problem = re.search(r"^\*\*(.+?)\*\*\s*$", text, re.M | re.S)
    matches = {"Title": title, "Problem": problem}
    says = {name: " ".join(match[1].split()) for name, match in matches.items() if match}
    for sentence in re.split(r"(?<=\.)\s+(?=[A-Z])", text.split("\n\n")[-1].strip()):
        for begin, name in FIELDS.items():
            if sentence.startswith(begin):
                says[name] = " ".join(sentence.removeprefix(begin).strip(": .").split())
    return says


def short(costs: str) -> str:
    """Return the first clause of a notebook's costs."""
    return re.split(r"[;:]", costs, maxsplit=1)[0]


def numbers(needs: str) -> str:
    """Return the numbers of the notebooks that are linked; a dash where none is needed."""
    return ", ".join(re.findall(r"\[(\d\d)", needs)) or "–"


def notebook_table() -> str:
    """Return the table of notebooks with a page for each data set; the times are its run's."""
    rows = [
        "| notebook, and its pages | subject | needs | here | AWS services | on AWS |",
        "|---|---|---|--:|---|---|",
    ]
    for path in notebooks.paths():
        says = opening(path)
        pages = {name: notebooks.folder_of(name) / path.name for name in NAMES}
        pages = {name: page for name, page in pages.items() if page.exists()}
        took = [
            nbformat.read(page, 4).metadata.get("course", {}).get("seconds")
            for page in pages.values()
        ]
        here = ", ".join(f"{each} s" for each in took if each is not None)
        links = " · ".join(f"[{n}]({page.relative_to(ROOT)})" for n, page in pages.items())
        link = f"{path.stem}: {links}"
        needs, costs = numbers(says.get("Needs", "")), short(says.get("Costs", ""))
        cells = (link, TOPICS[path.stem[:2]], needs, here, says.get("Uses", ""), costs)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def course_results() -> str:
    """Return each data set's accuracy, with its interval, and the time of all its notebooks."""
    results = []
    for name in NAMES:
        pages = [nbformat.read(path, 4) for path in notebooks.paths(name)]
        outputs = [o for page in pages for cell in notebooks.code_cells(page) for o in cell.outputs]
        text = "\n".join(output.get("data", {}).get("text/plain", "") for output in outputs)
        value, low, high = re.search(r"^accuracy +(\S+) +(\S+) +(\S+)$", text, re.M).groups()
        runs = [page.metadata.course for page in pages if "course" in page.metadata]  # rendered
        minutes, seconds = divmod(sum(run.seconds for run in runs), 60)
        results.append(f"{name} {value} ({low} to {high}) in {minutes} min {seconds} s")
    words = "its test accuracy, with a 95 % interval, and the time of all notebooks are"
    return f"- **The course** on the sample data: {words} {', '.join(results)}."


def targets() -> dict[str, str]:
    """Return {target of make: description}."""
    return dict(re.findall(r"^([a-z-]+):.*?## (.+)$", (ROOT / "Makefile").read_text(), re.M))


def target_list() -> str:
    """Return make's targets as a block of shell lines."""
    return "\n".join(["```", *(f"make {n:10} {text}" for n, text in targets().items()), "```"])


def first_words(path: Path) -> str:
    """Return a file's title, or the first clause of its docstring or comment."""
    if path.suffix == ".ipynb":
        return opening(path).get("Title", "")[3:]
    if path.suffix == ".py":
        doc = ast.get_docstring(ast.parse(path.read_text())) or ""
    else:
        comment = re.match(r"# ?(.+)", path.read_text())
        doc = comment[1] if comment else ""
    return re.split(r"[.;](?:\s|$)", doc, maxsplit=1)[0].replace("\n", " ")


def tracked() -> list[Path]:
    """Return the files that git knows, relative to the project's root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    files = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    return sorted(path for path in files if (ROOT / path).is_file())


def tree_rows(files: list[Path]) -> list[tuple[str, str]]:
    """Return the tree as (indented name, comment); a folder that is not taught is one line."""
    rows: dict[str, str] = {}  # a NUL and the path behind a name keep equal names apart
    for path in files:
        top = path.parts[0]
        if str(path) in COMMENTS and not top.startswith(FOLDERS):
            rows[str(path)] = COMMENTS[str(path)]
        elif len(path.parts) > 1 and top in COMMENTS and not top.startswith(FOLDERS):
            rows[f"{top}/"] = COMMENTS[top]
        elif top.startswith(FOLDERS) and len(path.parts) > 1:
            is_data = False
            for depth in range(1, len(path.parts)):
                folder = Path(*path.parts[:depth])
                marker = ROOT / folder / "__init__.py"
                words = first_words(marker) if marker.exists() else COMMENTS.get(str(folder), "")
                rows.setdefault(f"{'  ' * (depth - 1)}{folder.name}/\0{folder}", words)
                # A folder of data below a folder of modules is one line.
                if is_data := depth > 1 and str(folder) in COMMENTS:
                    break
            if path.name not in ("__init__.py", "__main__.py") and not is_data:
                indent = "  " * (len(path.parts) - 1)
                words = COMMENTS.get(str(path)) or first_words(ROOT / path)
                rows[f"{indent}{path.name}\0{path}"] = words
    return [(name.split("\0")[0], comment) for name, comment in rows.items()]


def file_tree() -> str:
    """Return the file tree with one comment a file."""
    lines = (f"{name:28} {comment}".rstrip() for name, comment in tree_rows(tracked()))
    return "\n".join(["```", *lines, "```"])


BLOCKS: dict[str, tuple[str, Callable[[], str]]] = {
    "notebooks": ("README.md", notebook_table),
    "course": ("README.md", course_results),
    "subjects": ("README.md", subjects.subjects),
    "targets": ("CONTRIBUTING.md", target_list),
    "tree": ("docs/files.md", file_tree),
    "checked": ("docs/aws.md", aws_page.checked),
    "quotas": ("docs/aws.md", aws_page.quota_list),
    "bill": ("docs/aws.md", partial(aws_page.bill, aws_page.SAMPLE)),
    "bins-bill": ("docs/aws.md", partial(aws_page.bill, aws_page.BINS)),
    "birds-bill": ("docs/aws.md", partial(aws_page.bill, aws_page.BIRDS)),
}
"""Name of a list to its page and the function that makes it."""


def written_anew(text: str, page: str) -> str:
    """Return a page's text with its lists updated.

    Raises:
        ValueError: the page lacks a list's marks, or has them twice.
    """
    for name, (home, make) in BLOCKS.items():
        if home != page:
            continue
        begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"{page} needs the marks {begin.strip()} and {end} once each")
        head, rest = text.split(begin)
        text = f"{head}{begin}\n{make()}\n\n{end}{rest.split(end)[1]}"
    return text


def write() -> None:
    """Update all lists."""
    for page in dict.fromkeys(home for home, _ in BLOCKS.values()):
        path = ROOT / page
        path.write_text(written_anew(path.read_text(), page))
    operations.write()
    user_policy.write()
    role_policies.write()


if __name__ == "__main__":
    write()
