"""The bins' metadata as an Athena table: real files, pretty-printed, in the local AWS's engine."""

import json
import time
from pathlib import Path

import pytest

from helpers.datasets.bins.dataset import DATASET
from helpers.datasets.bins.metadata import read_contents
from local_aws.services.athena.engine import AthenaEngine
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock
from local_aws.state.objects.store import ObjectStore
from tests.places import REAL_DATA

REAL = REAL_DATA / "bins"


class Lake:
    """A bucket with metadata files, and Athena over it."""

    def __init__(self, folder: Path):
        self.store = ObjectStore(folder / "s3")
        self.store.create_bucket("lake")
        catalog = Catalog(folder / "glue", Clock())
        self.engine = AthenaEngine(folder / "athena", catalog, self.store, Clock())
        self.run("CREATE DATABASE course")

    def put(self, folder: Path) -> None:
        """Store all JSON files of a folder and make the table over them."""
        for path in folder.iterdir():
            self.store.put("lake", f"raw/metadata/{path.name}", path.read_bytes())
        self.run(DATASET.ddl("course", "bins", "s3://lake/raw/metadata"))

    def run(self, sql: str) -> list[list[str | None]]:
        """Run a statement and return its rows without the header."""
        where = {"ResultConfiguration": {"OutputLocation": "s3://lake/results/"}}
        query = self.engine.start_query_execution({"QueryString": sql, **where})
        while True:
            row = self.engine.get_query_execution(query)["QueryExecution"]["Status"]
            if row["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.01)
        assert row["State"] == "SUCCEEDED", row["StateChangeReason"]
        rows = self.engine.get_query_results(query)["ResultSet"]["Rows"]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows][1:]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def write(folder: Path, **rows: dict) -> Path:
    """Write pretty-printed metadata files, with items given as {asin: fields}."""
    folder.mkdir()
    for name, items in rows.items():
        count = sum(item["quantity"] for item in items.values())
        row = {"BIN_FCSKU_DATA": items, "EXPECTED_QUANTITY": count}
        (folder / f"{name}.json").write_text(json.dumps(row, indent=4))
    return folder


def side(value: float) -> dict:
    return {"unit": "IN", "value": value}


def test_a_pretty_printed_file_is_one_row_and_its_map_one_row_an_item(lake, tmp_path) -> None:
    items = {
        "B1": {"asin": "B1", "normalizedName": "Tea", "quantity": 3, "length": side(4.5)},
        "B2": {"asin": "B2", "normalizedName": "Book", "quantity": 1, "length": side(109.2)},
    }
    lake.put(write(tmp_path / "rows", a=items, b={}))
    assert lake.run("SELECT count(*), sum(expected_quantity) FROM course.bins") == [["2", "4"]]
    sql = (
        "SELECT asin, item.normalizedname, item.quantity, CAST(item.length.value AS double), "
        "item.weight.value FROM course.bins CROSS JOIN UNNEST(bin_fcsku_data) AS t (asin, item) "
        "ORDER BY asin"
    )
    assert lake.run(sql) == [
        ["B1", "Tea", "3", "4.5", None],
        ["B2", "Book", "1", "109.2", None],
    ]


def test_a_number_keeps_all_its_places(lake, tmp_path) -> None:
    items = {"B1": {"quantity": 1, "height": side(1.199999998776), "width": side(12)}}
    lake.put(write(tmp_path / "rows", a=items))
    sql = (
        "SELECT item.height.value, item.width.value "
        "FROM course.bins, UNNEST(bin_fcsku_data) AS t (asin, item)"
    )
    ((height, width),) = lake.run(sql)
    assert (height.rstrip("0"), float(width)) == ("1.199999998776", 12.0)


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real/bins is absent")
def test_every_real_file_is_counted_with_its_items(lake) -> None:
    lake.put(REAL / "metadata")
    contents = [read_contents(path.read_bytes()) for path in (REAL / "metadata").iterdir()]
    sql = (
        'SELECT count(DISTINCT "$path"), count(*), sum(item.quantity), '
        "count_if(item.weight IS NULL) FROM course.bins "
        "CROSS JOIN UNNEST(bin_fcsku_data) AS t (asin, item)"
    )
    units = sum(found.count for found in contents)
    assert lake.run("SELECT count(*) FROM course.bins") == [["117"]]
    assert lake.run(sql) == [["116", "329", str(units), "12"]]
