"""The SQL files have a title for each statement, and Athena runs them from top to bottom."""

import pytest

from helpers.datasets import NAMES
from tests.local_aws.services.athena.cloud import Cloud
from tests.local_aws.services.athena.notebook_rows import ROWS
from tests.local_aws.services.athena.test_cases import Case, outcome
from tools.athena_sql import BUCKET, files, statements, titles


def test_the_files_are_up_to_date():
    stale = [path.name for path, text in files().items() if path.read_text() != text]
    assert not stale, "run `python -m tools.athena_sql`"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_a_title_for_each_of_its_statements(name):
    (text,) = (text for path, text in files().items() if path.stem == name)
    assert len(titles(text)) == len(statements(text)) >= 18
    assert all(title.startswith("-- ") for title in titles(text))


def test_statements_are_without_comments_and_semicolons():
    text = "-- head\n\n-- one\nSELECT ';'\nFROM a;\n\n-- two\nSELECT 2;\n"
    assert statements(text) == ["SELECT ';'\nFROM a", "SELECT 2"]
    assert titles(text) == ["-- one", "-- two"]


@pytest.mark.parametrize("name", NAMES)
def test_athena_runs_a_file_from_top_to_bottom(tmp_path, name):
    cloud = Cloud(tmp_path)
    for id, data in ROWS[name].items():
        cloud.store.put("lake", f"raw/{name}/metadata/{id}.json", data)
    client = cloud.session().client("athena")
    (text,) = (path.read_text() for path in files() if path.stem == name)
    for number, sql in enumerate(statements(text)):
        case = Case(f"{name}-{number}", sql.replace(BUCKET, "lake"))
        error, _, _, _ = outcome(client, case, "birds_and_bins")
        assert error is None, sql
    cloud.close()
