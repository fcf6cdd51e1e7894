"""Reads the statements that 02 sends to Athena from docs/sql/, and titles them; runs none.

python -m tools.athena_sql    write the titles of docs/sql/ anew

A test holds the statements against the notebook, and their answers by Athena against its cases.
"""

import re
from pathlib import Path

from helpers.config import DATABASE
from helpers.datasets import NAMES, load_dataset
from helpers.questions import LEAK

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs/sql"
BUCKET = "your-bucket"
HEAD = """\
-- What notebooks/02_eda_athena.ipynb sends to Athena for the {dataset}, in its order.
-- Replace {bucket} by your bucket and choose the database {database} before you paste a statement
-- that names none. Titles by `python -m tools.athena_sql`.
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
    """Return the files of all data sets with the titles that their statements have now."""
    return {DOCS / f"{dataset}.sql": _file(dataset) for dataset in NAMES}


def statements(text: str) -> list[str]:
    """Return the statements of a file, without comments and semicolons."""
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [each.strip() for each in f"{bare}\n".split(";\n") if each.strip()]


def titles(text: str) -> list[str]:
    """Return the comments of a file that stand above its statements."""
    return [block.partition("\n")[0] for block in text.rstrip().split("\n\n")[1:]]


def _file(dataset: str) -> str:
    head = HEAD.format(dataset=dataset, bucket=BUCKET, database=DATABASE)
    present = statements((DOCS / f"{dataset}.sql").read_text())
    return "\n".join([head, *(f"-- {_title(dataset, sql)}\n{sql};\n" for sql in present)])


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
        path.write_text(text)


if __name__ == "__main__":
    write()
