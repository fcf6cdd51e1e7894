"""Measure CREATE TABLE AS over many small JSON files, end to end through PyAthena.

    python -m benchmarks.ctas_small_files [--files 10441 100000] [--rounds 3]

Each file is the metadata of one bin (about 1.7 KB), once as one line for the OpenX serde, once
pretty-printed like the real ones, for the Ion serde. The target is 21 Snappy Parquet files. The
server is a separate process; seconds are the client's, from execute() to its return.
"""

import argparse
import json
import multiprocessing
import random
import statistics
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import boto3
import psutil
import pyathena
from pyathena.cursor import Cursor

from local_aws.server import LocalAws
from local_aws.state.objects.store import ObjectStore

BUCKET = "lake"
BUCKETS = 21
COLUMNS = """(bin_fcsku_data map<string,struct<asin:string,height:struct<unit:string,value:double>,
  length:struct<unit:string,value:double>,name:string,quantity:int,
  weight:struct<unit:string,value:double>,width:struct<unit:string,value:double>>>,
  expected_quantity int, image_fname string)"""
SERDES = {
    "lines": "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
    "pretty": "STORED AS ION",
}


def metadata(number: int) -> dict:
    """Return one bin's metadata in the schema of aft-vbi-pds."""
    chance = random.Random(number)

    def measure(unit: str, most: float) -> dict:
        return {"unit": unit, "value": round(chance.uniform(0.1, most), 12)}

    items = {}
    for _ in range(chance.choice((1, 2, 3, 3, 4, 5))):
        asin = f"B{chance.randrange(10**9):09d}"
        name = " ".join(chance.choice(("Steel", "Blue", "Kit", "Cable", "Book")) for _ in range(9))
        items[asin] = {
            "asin": asin,
            **{side: measure("IN", 130.0) for side in ("height", "length", "width")},
            "name": name,
            "normalizedName": name,
            "quantity": chance.randrange(1, 4),
            "weight": measure("pounds", 20.0),
        }
    total = sum(item["quantity"] for item in items.values())
    return {
        "BIN_FCSKU_DATA": items,
        "EXPECTED_QUANTITY": total,
        "image_fname": f"{number:05d}.jpg",
    }


def lay_down(state: Path, count: int) -> None:
    """Write the files, each set as a folder of objects."""
    store = ObjectStore(state / "s3")
    store.create_bucket(BUCKET)
    for form, indent in (("lines", None), ("pretty", 4)):
        folder = state / "s3" / BUCKET / form
        folder.mkdir()
        for number in range(count):
            text = json.dumps(metadata(number), indent=indent)
            (folder / f"{number:06d}.json").write_text(text)
        store.adopt(BUCKET, f"{form}/")


def serve(port: Connection, state: str) -> None:
    """Run one local AWS; send its address and keys."""
    with LocalAws(Path(state)) as aws:
        port.send((aws.context.url, aws.context.access_key, aws.context.secret_key))
        port.recv()
        aws.engines.athena.shut_down()


def measure(state: Path, rounds: int) -> list[dict]:
    """Run CREATE TABLE AS over both sets, `rounds` times each after one to warm up."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, str(state)))
    server.start()
    try:
        url, key, secret = here.recv()
        session = boto3.Session(key, secret, region_name="us-east-1")
        cursor = pyathena.connect(
            session=session,
            endpoint_url=url,
            s3_staging_dir=f"s3://{BUCKET}/results/",
            poll_interval=0.05,
        ).cursor()
        cursor.execute("CREATE DATABASE IF NOT EXISTS bench")
        rows = [once(cursor, form, rounds) for form in SERDES]
        process = psutil.Process(server.pid)
        return [{**row, "server MB": process.memory_info().rss / 1e6} for row in rows]
    finally:
        here.send("end")
        server.join(30)


def once(cursor: Cursor, form: str, rounds: int) -> dict:
    """Measure one set of files."""
    cursor.execute(
        f"CREATE EXTERNAL TABLE bench.{form} {COLUMNS} {SERDES[form]} "
        f"LOCATION 's3://{BUCKET}/{form}/'"
    )
    seconds = []
    for number in range(rounds + 1):
        begun = time.perf_counter()
        cursor.execute(
            f"CREATE TABLE bench.{form}_{number} WITH (format = 'PARQUET', "
            f"parquet_compression = 'SNAPPY', bucketed_by = ARRAY['image_fname'], "
            f"bucket_count = {BUCKETS}) AS SELECT * FROM bench.{form}"
        )
        seconds.append(time.perf_counter() - begun)
    scanned = cursor.data_scanned_in_bytes
    rows = cursor.execute(f"SELECT count(*) FROM bench.{form}_{rounds}").fetchone()[0]
    files = f'SELECT count(DISTINCT "$path") FROM bench.{form}_{rounds}'
    return {
        "form": form,
        "files in": rows,
        "MB in": scanned / 1e6,
        "files out": cursor.execute(files).fetchone()[0],
        "first s": seconds[0],
        "median s": statistics.median(seconds[1:]),
        "best s": min(seconds[1:]),
    }


def main(arguments: argparse.Namespace) -> list[dict]:
    """Measure every count and print the table."""
    rows = []
    for count in arguments.files:
        with tempfile.TemporaryDirectory() as folder:
            lay_down(Path(folder), count)
            rows += measure(Path(folder), arguments.rounds)
    names = list(rows[0])
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for row in rows:
        cells = [f"{v:,.2f}" if isinstance(v, float) else f"{v:,}" if isinstance(v, int) else v
                 for v in row.values()]  # fmt: skip
        print("| " + " | ".join(cells) + " |")
    return rows


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, nargs="+", default=[10_441], help="files in each set")
    parser.add_argument("--rounds", type=int, default=3, help="measured runs of each")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_args())
