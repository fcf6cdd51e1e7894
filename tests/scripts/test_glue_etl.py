"""The ETL job on the local AWS: bad records and copies set aside, only new objects read."""

import io
import json
import zipfile
from functools import partial

import pytest

from tests.local_aws.services.glue.jobs.spark_jobs import ALL, Jobs, answer, make_role
from tests.local_cloud import BUCKET
from tests.places import ROOT

RAW, CURATED = f"s3://{BUCKET}/raw/bins/metadata/", f"s3://{BUCKET}/curated/bins/"
FIRST = {"objects": 12, "read": 12, "rows": 10, "aside": 2}
ROWS = """SELECT expected_quantity, id, items[1].name FROM db.bins
    WHERE expected_quantity > 0 ORDER BY 1, 2"""


def package():
    """Return the package `helpers` as a zip."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted((ROOT / "helpers").rglob("*.py")):
            file.write(path, path.relative_to(ROOT))
    return archive.getvalue()


def bin_of(quantity, name="A  blue   mug ", states=None):
    item = {"asin": "B0", "name": name, "quantity": quantity}
    content = {"BIN_FCSKU_DATA": {"B0": item} if quantity else {}}
    return json.dumps({**content, "EXPECTED_QUANTITY": states or quantity}, indent=1).encode()


@pytest.mark.slow
def test_the_etl_job_sets_bad_records_aside_and_reads_what_is_new_alone(aws, client):
    make_role(client, ALL)
    jobs, ask = Jobs(aws, client), partial(answer, client("athena"))
    put = lambda id, data: aws.store.put(BUCKET, f"raw/bins/metadata/{id}.json", data)  # noqa: E731
    for id in range(10):
        put(id, bin_of(id % 3))
    put("wrong", bin_of(2, states=3))
    put("cut", b'{"EXPECTED_')
    aws.store.put(BUCKET, "lib/helpers.zip", package())
    ask("CREATE DATABASE db")
    arguments = {
        "--dataset": "bins", "--raw": RAW, "--curated": CURATED, "--database": "db",
        "--table": "bins", "--extra-py-files": f"s3://{BUCKET}/lib/helpers.zip",
    }  # fmt: skip
    script = (ROOT / "scripts_process/glue_etl.py").read_text()
    name = jobs.make(script, DefaultArguments=arguments)

    def counts():
        run = jobs.wait(name, jobs.start(name), seconds=300)
        assert run["JobRunState"] == "SUCCEEDED", (run, jobs.lines(run, "error")[-20:])
        return {k: int(v) for k, _, v in (line.partition("=") for line in jobs.lines(run))}

    def summaries():
        return [
            x for x in aws.store.list(BUCKET, "curated/bins/") if x.key.endswith("summary.json")
        ]

    assert counts() == FIRST
    assert ask(ROWS)[1:3] == [["1", "1", "A blue mug"], ["1", "4", "A blue mug"]]
    assert len(ask(ROWS)) == 7 and ask("SELECT count(*) FROM db.bins")[1] == ["10"]
    aside = [
        json.loads(line)
        for info in aws.store.list(BUCKET, "curated/bins/")
        if "/quarantine/" in info.key
        for line in info.path.read_text().splitlines()
    ]
    reasons = {row["source"].rpartition("/")[2]: row["reason"] for row in aside}
    assert reasons["wrong.json"] == "EXPECTED_QUANTITY is 3, but its items add up to 2"
    assert reasons["cut.json"].startswith("not JSON: ") and len(reasons) == 2
    (summary,) = summaries()
    assert json.loads(summary.path.read_bytes()) == FIRST
    assert counts() == {"objects": 12, "read": 0, "unchanged": 1}
    assert summaries() == [summary]
    aws.store.delete(BUCKET, summary.key)  # as if that run had been ended before
    assert counts()["unchanged"] and [each.key for each in summaries()] == [summary.key]
    put("wrong", bin_of(2))
    aws.store.delete(BUCKET, "raw/bins/metadata/1.json", "raw/bins/metadata/2.json")
    assert counts() == {"objects": 10, "read": 1, "rows": 9, "aside": 1}
    assert [row[1] for row in ask(ROWS)[1:]] == ["4", "7", "5", "8", "wrong"]
