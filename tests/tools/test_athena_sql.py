"""The SQL files are those of the cases, and Athena runs them from top to bottom."""

import pytest

from helpers.datasets import NAMES
from tests.local_aws.services.athena.cloud import Cloud
from tests.local_aws.services.athena.notebook_rows import ROWS
from tests.local_aws.services.athena.test_cases import Case, outcome
from tools.athena_sql import BUCKET, cases, files, statements


def test_the_files_are_up_to_date():
    stale = [path.name for path, text in files().items() if path.read_text() != text]
    assert not stale, "run `python -m tools.athena_sql`"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_all_statements_and_a_title_for_each(name):
    (text,) = (text for path, text in files().items() if path.stem == name)
    assert statements(text) == list(cases(name)) and len(statements(text)) >= 18
    titles = [line for line in text.splitlines()[4:] if line.startswith("-- ")]
    assert len(titles) == len(statements(text))


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
