"""Every statement of the notebooks is in docs/sql/, and its answer in cases/notebooks/.

What is sent is collected by running notebook 02 on a few rows: its cells, the questions and the
data sets put them together.
"""

import ast
import re
from dataclasses import replace

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import pytest

from helpers import athena, questions
from helpers import config as settings
from helpers.datasets import NAMES
from helpers.storage import LocalFolder
from helpers.uploads import upload_raw
from tests.local_aws.services.athena.cloud import Cloud
from tests.local_aws.services.athena.notebook_rows import ROWS
from tests.local_aws.services.athena.test_cases import FOLDER, Case, outcome, read_case
from tools.athena_sql import BUCKET, DOCS, statements, titles
from tools.notebooks import code_cells, paths

EDA = "02_eda_athena"
DATABASE = "birds_and_bins"


def normal(sql: str) -> str:
    """Return a statement with a fixed bucket name and single blanks."""
    return " ".join(re.sub(r"s3://[^/']+/", "s3://lake/", sql).strip().rstrip(";").split())


def read_cases(name: str) -> list[Case]:
    """Return a data set's statements, each with the answer that stands under its title."""
    text = (DOCS / f"{name}.sql").read_text().replace(f"s3://{BUCKET}/", "s3://lake/")
    answers = (FOLDER / "notebooks" / f"{name}.txt").read_text().rstrip().split("\n\n")
    assert [answer.partition("\n")[0] for answer in answers] == titles(text)
    pairs = zip(statements(text), answers, strict=True)
    return [read_case(name, f"{sql}\n{answer}") for sql, answer in pairs]


def cells(path) -> list[str]:
    return [cell.source for cell in code_cells(nbformat.read(path, 4))]


@pytest.fixture
def sent(aws, config, monkeypatch) -> list[str]:
    """Return a list that gets all statements sent to Athena from now on."""
    texts, query = [], athena.query

    def record(config, sql, *rest, **more):
        texts.append(sql)
        return query(config, sql, *rest, **more)

    for module in (athena, questions):
        monkeypatch.setattr(module, "query", record)
    matplotlib.use("agg")
    monkeypatch.setattr(plt, "show", lambda: None)
    return texts


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_that_the_notebook_sends_is_a_case(
    config, sent, monkeypatch, tmp_path, name
):
    config = replace(config, dataset=name)
    monkeypatch.setattr(settings, "load_config", lambda: config)
    for id, data in ROWS[name].items():
        LocalFolder(tmp_path / "raw").write(f"metadata/{id}.json", data)
    upload_raw(config, tmp_path / "raw")
    [path] = [path for path in paths() if path.stem == EDA]
    namespace: dict = {}
    for source in cells(path):
        exec(compile(source, path.name, "exec"), namespace)
    plt.close("all")
    known = [normal(case.sql) for case in read_cases(name)]
    assert len(sent) >= 18 and [normal(sql) for sql in sent] == known


@pytest.mark.parametrize("name", NAMES)
def test_athena_answers_the_notebooks_statements_as_the_cases_say(tmp_path, name):
    cloud = Cloud(tmp_path)
    for id, data in ROWS[name].items():
        cloud.store.put("lake", f"raw/{name}/metadata/{id}.json", data)
    client = cloud.session().client("athena")
    for case in read_cases(name):
        error, rows, _, names = outcome(client, case, DATABASE)
        assert error is None, case.sql
        ordered = re.search(r"ORDER BY [^()]*$", case.sql)
        expected = case.rows if ordered else sorted(case.rows)
        assert (rows if ordered else sorted(rows)) == expected, case.sql
        assert case.names in (None, names), case.sql
    cloud.close()


def test_no_other_notebook_sends_a_statement_that_is_no_case():
    known = {normal(case.sql) for name in NAMES for case in read_cases(name)}
    for path in paths():
        for source in cells(path) if path.stem != EDA else ():
            for call in ast.walk(ast.parse(source)):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "query":
                    sql = ast.literal_eval(call.args[1])  # a statement put together: add it here
                    assert normal(sql) in known, f"{path.stem}: add it to docs/sql"
