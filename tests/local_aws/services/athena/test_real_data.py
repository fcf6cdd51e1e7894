"""The real metadata load whole: every row of BirdCLEF's table, every real bin."""

import csv
import json

import pytest

from helpers.datasets import load_dataset
from helpers.datasets.birds import metadata as birds_metadata
from helpers.questions import leak
from tests.places import REAL_DATA

BIRDS = REAL_DATA / "birds" / "train_metadata.csv"
BINS = REAL_DATA / "bins" / "metadata"
MEASURE = "struct<unit:string,value:double>"


@pytest.mark.skipif(not BIRDS.exists(), reason="the real birds are not beside the repository")
def test_every_row_of_the_real_bird_metadata_is_counted(cloud):
    with BIRDS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cloud.store.put("lake", "birds/train_metadata.csv", BIRDS.read_bytes())
    columns = ", ".join(f"{name} string" for name in rows[0])
    cloud.run(
        f"CREATE EXTERNAL TABLE birds ({columns}) ROW FORMAT SERDE "
        "'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://lake/birds/' "
        "TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    expected = [(row["filename"], row["primary_label"], row["author"]) for row in rows]
    answer = cloud.rows("SELECT filename, primary_label, author FROM birds ORDER BY filename")
    assert answer == sorted(expected)
    missing = "SELECT count(*) FROM birds WHERE TRY_CAST(latitude AS double) IS NULL"
    assert cloud.rows(missing) == [(sum(not row["latitude"] for row in rows),)]


@pytest.mark.skipif(not BINS.exists(), reason="the real bins are not beside the repository")
def test_every_real_bin_gives_its_quantity_and_its_items(cloud):
    bins = [json.loads(path.read_text()) for path in sorted(BINS.glob("*.json"))]
    for path in BINS.glob("*.json"):
        cloud.store.put("lake", f"bins/{path.name}", path.read_bytes())
    cloud.run(
        "CREATE EXTERNAL TABLE bins (bin_fcsku_data map<string,struct<asin:string,name:string,"
        f"quantity:int,height:{MEASURE},length:{MEASURE},weight:{MEASURE},width:{MEASURE}>>, "
        "expected_quantity int) STORED AS ION LOCATION 's3://lake/bins/'"
    )
    items = [item for record in bins for item in record["BIN_FCSKU_DATA"].values()]
    highest = max(item["height"]["value"] for item in items if item.get("height"))
    assert cloud.rows("SELECT count(*), sum(expected_quantity) FROM bins") == [
        (len(bins), sum(record["EXPECTED_QUANTITY"] for record in bins))
    ]
    assert cloud.rows(
        "SELECT count(*), sum(item.quantity), max(item.height.value) FROM bins "
        "CROSS JOIN UNNEST(bin_fcsku_data) AS t (asin, item)"
    ) == [(len(items), sum(item["quantity"] for item in items), highest)]


@pytest.mark.skipif(not BIRDS.exists(), reason="the real birds are not beside the repository")
def test_every_row_of_the_real_bird_metadata_answers_the_courses_questions(cloud):
    files = dict(birds_metadata.json_files(BIRDS.read_bytes()))
    assert len(files) == 1973
    for key, data in files.items():
        cloud.store.put("lake", f"raw/birds/{key}", data)
    questions = load_dataset("birds").questions()
    cloud.run(birds_metadata.ddl("birds", "birds_raw", "s3://lake/raw/birds/metadata/"))
    cloud.run(f"CREATE TABLE birds AS {questions.flat.format(raw='birds_raw')}")
    assert cloud.rows("SELECT count(*), count(DISTINCT id) FROM birds") == [(1973, 1973)]
    answers = {question.title: cloud.rows(question.sql) for question in questions}
    assert sum(made for _, made, *_ in answers["By how many people?"]) == 1973
    assert sum(count for _, count in answers["How good?"]) == 1973
    assert answers["At what hour?"] == answers["In which season?"] == []  # BirdCLEF has neither
    assert dict(answers["Uploaded twice?"])["recordist and place"] > 0
    weights = cloud.rows(leak(questions))
    assert sum(samples for _, samples, *_ in weights) == 1973
    assert sum(row[1] * row[-1] for row in weights) == pytest.approx(1973, rel=1e-2)
