"""AWS SDK for pandas against the local AWS: data sets as tables, SQL as frames, prepared SQL."""

import awswrangler as wr
import pandas as pd
import pytest

# The library's own use of pandas, which a later pandas drops.
pytestmark = pytest.mark.filterwarnings("ignore:The (inplace|copy) keyword")

OUTPUT = "s3://lake/results/"
FRAME = pd.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "label": ["wren", "wren", "robin", "owl"],
        "year": [2023, 2024, 2024, 2024],
    }
)


@pytest.fixture
def lake(aws, monkeypatch):
    """Point the library at the local AWS, and make a bucket and a database."""
    for name, value in aws.context.environment().items():
        monkeypatch.setenv(name, value)
    aws.store.create_bucket("lake")
    wr.catalog.create_database("birds")
    return "s3://lake/songs/"


@pytest.fixture
def songs(lake):
    """Write a frame as a partitioned table."""
    where = {"database": "birds", "table": "songs", "partition_cols": ["year"]}
    wr.s3.to_parquet(FRAME, lake, dataset=True, **where)
    return where


def ask(sql: str, **how) -> list[dict]:
    """Return the rows of a query."""
    return wr.athena.read_sql_query(sql, "birds", s3_output=OUTPUT, **how).to_dict("records")


@pytest.mark.parametrize(
    "how",
    [{}, {"ctas_approach": False}, {"ctas_approach": False, "unload_approach": True}],
    ids=["CTAS", "CSV", "UNLOAD"],
)
def test_a_frame_becomes_a_table_that_sql_reads(songs, how):
    if how.get("unload_approach"):
        how = {**how, "s3_output": "s3://lake/unloaded/"}
        rows = wr.athena.read_sql_query("SELECT label FROM songs WHERE year = 2024", "birds", **how)
        assert sorted(rows["label"]) == ["owl", "robin", "wren"]
        return
    rows = ask("SELECT label, count(*) AS songs FROM songs GROUP BY label ORDER BY label", **how)
    assert rows == [
        {"label": "owl", "songs": 1},
        {"label": "robin", "songs": 1},
        {"label": "wren", "songs": 2},
    ]


def test_a_second_frame_is_appended_with_its_new_column(lake, songs):
    more = FRAME.assign(loudness=1.5)
    wr.s3.to_parquet(more, lake, dataset=True, mode="append", **songs)
    assert wr.catalog.get_table_types("birds", "songs") == {
        "id": "bigint", "label": "string", "loudness": "double", "year": "bigint",
    }  # fmt: skip
    assert ask("SELECT count(*) AS rows, count(loudness) AS new FROM songs") == [
        {"rows": 8, "new": 4}
    ]


def test_partitions_are_listed_in_segments_and_deleted(songs):
    values = wr.catalog.get_partitions("birds", "songs").values()
    assert sorted(values) == [["2023"], ["2024"]]
    wr.catalog.delete_partitions("songs", "birds", [["2023"]])
    assert ask("SELECT count(*) AS rows FROM songs", ctas_approach=False) == [{"rows": 3}]
    wr.catalog.delete_all_partitions("songs", "birds")
    assert wr.catalog.get_partitions("birds", "songs") == {}


def test_partitions_that_lie_in_s3_are_found_again(songs):
    wr.catalog.delete_all_partitions("songs", "birds")
    assert wr.athena.repair_table("songs", "birds", s3_output=OUTPUT) == "SUCCEEDED"
    assert ask("SELECT count(*) AS rows FROM songs", ctas_approach=False) == [{"rows": 4}]


def test_a_prepared_statement_is_made_changed_listed_and_deleted(songs):
    wr.athena.create_prepared_statement("SELECT id FROM songs WHERE label = ?", "one")
    sql = "SELECT id, year FROM birds.songs WHERE label = ?"
    wr.athena.create_prepared_statement(sql, "one", mode="update")
    rows = ask("EXECUTE one USING 'owl'", ctas_approach=False)
    assert rows == [{"id": 4, "year": 2024}]
    assert [each["StatementName"] for each in wr.athena.list_prepared_statements()] == ["one"]
    wr.athena.delete_prepared_statement("one")
    assert wr.athena.list_prepared_statements() == []


def test_the_catalog_is_searched_changed_and_emptied(lake, songs):
    assert [each["Name"] for each in wr.catalog.search_tables(text="song")] == ["songs"]
    wr.catalog.create_database("birds", description="of the marsh", exist_ok=True)
    assert next(iter(wr.catalog.get_databases()))["Description"] == "of the marsh"
    wr.catalog.delete_column("birds", "songs", "label")
    assert wr.catalog.get_table_types("birds", "songs") == {"id": "bigint", "year": "bigint"}
    assert wr.catalog.delete_table_if_exists("birds", "songs")
    wr.catalog.delete_database("birds")
    assert list(wr.catalog.get_databases()) == []


def test_objects_are_listed_sized_copied_and_deleted(lake, songs):
    assert wr.s3.get_bucket_region("lake") == "us-east-1"
    paths = wr.s3.list_objects(lake)
    copies = wr.s3.copy_objects(paths, lake, "s3://lake/copies/")
    assert sorted(wr.s3.size_objects(copies).values()) == sorted(wr.s3.size_objects(paths).values())
    wr.s3.delete_objects("s3://lake/copies/")
    assert wr.s3.list_objects("s3://lake/copies/") == []
    assert len(wr.s3.read_parquet(lake, dataset=True)) == 4
