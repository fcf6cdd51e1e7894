from functools import partial

import pytest

from helpers import athena
from tests.local_aws.services.athena.cloud import Cloud
from tests.local_aws.services.athena.sample_tables import lay_down


@pytest.fixture
def cloud(tmp_path):
    """A cloud with one database, one table and its five files."""
    made = Cloud(tmp_path)
    made.catalog.create_database({"DatabaseInput": {"Name": "birds"}})
    lay_down(made.store)
    made.run(
        "CREATE EXTERNAL TABLE recordings (id string, seconds int) ROW FORMAT SERDE "
        "'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/recordings/'"
    )
    yield made
    made.close()


@pytest.fixture
def ask(cloud):
    """`athena.query` on that cloud."""
    return partial(
        athena.query, cloud.config(), connect=lambda _, **options: cloud.connect(**options)
    )


def test_a_query_gives_a_frame_and_what_it_took(cloud, ask):
    result = ask("SELECT id, seconds FROM recordings ORDER BY id")
    assert list(result.frame["id"]) == ["XC1", "XC2", "XC3", "XC4", "XC5"]
    assert result.scanned == sum(info.size for info in cloud.store.list("lake", "recordings/"))
    assert result.rows == 5
    assert repr(result).startswith("<Query: 5 rows, ")
    assert repr(result).endswith("B scanned, $0.00005>")


def test_the_html_has_the_rows_and_what_they_took(ask):
    html = ask("SELECT 7 AS n")._repr_html_()
    assert "<td>7</td>" in html
    assert "1 row, " in html


def test_a_write_counts_its_rows(ask):
    result = ask("CREATE TABLE copy AS SELECT id FROM recordings")
    assert (result.written, result.rows, len(result.frame)) == (5, 5, 0)
    assert "5 rows written" in repr(result) and repr(result).endswith(", $0.00005>")


def test_parameters_fill_the_question_marks(ask):
    frame = ask("SELECT seconds FROM recordings WHERE id = ?", ["'XC4'"]).frame
    assert list(frame["seconds"]) == [60]


def test_tables_are_listed(cloud):
    connect = lambda _, **options: cloud.connect(**options)  # noqa: E731
    assert athena.tables(cloud.config(), connect=connect) == ["recordings"]


def test_a_missing_table_names_the_notebook_that_makes_it(ask):
    with pytest.raises(athena.QueryError, match="TABLE_NOT_FOUND: line 1:15.*run notebooks/02"):
        ask("SELECT * FROM nowhere")


def test_a_syntax_error_is_athenas_reason_alone(ask):
    with pytest.raises(athena.QueryError, match="^line 1:1: mismatched input 'SELEC'"):
        ask("SELEC 1")


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (17_900_000, "17.9 MB"), (2_000_000_000_000, "2.0 TB")],
)
def test_sizes_are_worded_in_steps_of_1000(count, words):
    assert athena.size(count) == words
