"""Writes the statements that 02 sends to Athena as files to read and paste; runs none.

python -m tools.athena_sql    write docs/sql/ anew

The source is the list of cases that a test holds against the notebook and runs in Athena.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from helpers.config import DATABASE
from helpers.datasets import NAMES, load_dataset
from helpers.questions import LEAK

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs/sql"
CASES = ROOT / "tests/local_aws/services/athena/cases/notebooks"
BUCKET, OURS = "your-bucket", "lake"
HEAD = """\
-- What notebooks/02_eda_athena.ipynb sends to Athena for the {dataset}, in its order.
-- Replace {bucket} by your bucket and choose the database {database} before you paste a statement
-- that names none. Written by `python -m tools.athena_sql`.
"""
KINDS = {
    "CREATE DATABASE": "A database, with the course's tag",
    "DROP TABLE": "A table of an earlier run goes; its files stay",
    "CREATE EXTERNAL TABLE": "A table over the JSON files as they are",
    "CREATE TABLE": "A row for each sample, in 21 Parquet files",
    "SELECT count": "How many rows?",
}
CLASSES = "How many samples has each class?"


def files() -> dict[Path, str]:
    """Return the files of all data sets."""
    return {DOCS / f"{dataset}.sql": _file(dataset) for dataset in NAMES}


def statements(text: str) -> list[str]:
    """Return the statements of a file, without comments and semicolons."""
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [each.strip() for each in f"{bare}\n".split(";\n") if each.strip()]


def cases(dataset: str) -> Iterator[str]:
    """Yield the statements of a data set's cases, without what is said of their answers."""
    for block in (CASES / f"{dataset}.sql").read_text().split("\n\n"):
        lines = [line.rstrip() for line in block.splitlines() if not line.startswith("--")]
        if sql := "\n".join(lines).strip():
            yield sql.replace(f"s3://{OURS}/", f"s3://{BUCKET}/")


def _file(dataset: str) -> str:
    head = HEAD.format(dataset=dataset, bucket=BUCKET, database=DATABASE)
    return "\n".join([head, *(f"-- {_title(dataset, sql)}\n{sql};\n" for sql in cases(dataset))])


def _title(dataset: str, sql: str) -> str:
    for question in load_dataset(dataset).questions():
        if _words(question.sql) == _words(sql):
            return question.title
    if sql.endswith(LEAK.strip().splitlines()[-1]):
        return "The leak of a random split, and the class weights"
    titles = (title for start, title in KINDS.items() if sql.startswith(start))
    return next(titles, CLASSES)


def _words(sql: str) -> list[str]:
    return re.findall(r"\S+", sql)


def write() -> None:
    """Write the files anew."""
    for path, text in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    write()
