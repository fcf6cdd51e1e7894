"""A data set's curated metadata: its job, its place, its table and what was set aside; no Spark."""

import json

import pandas as pd

from helpers.athena import Result, query
from helpers.bucket import make_bucket
from helpers.config import Config
from helpers.events import uploads
from helpers.glue_jobs import make_job
from helpers.run_summary import SUMMARY
from helpers.s3 import S3Prefix
from helpers.session import client

SCRIPT = "scripts_process/glue_etl.py"
ROWS, QUARANTINE = "rows/", "quarantine/"
"""Folders of a run: the table's files, and a line of JSON for each object set aside."""


def table_name(config: Config) -> str:
    """Return the name of the curated table."""
    return f"{config.dataset}_curated"


def curated_uri(config: Config) -> str:
    """Return the folder below which each run of the job writes one of its own."""
    return f"s3://{config.curated_bucket}/{config.key('curated')}"


def make_curation_job(config: Config) -> str:
    """Make the second bucket, and the job that curates metadata into it; return the job's name."""
    make_bucket(config, config.curated_bucket)
    arguments = {
        "--dataset": config.dataset,
        "--raw": f"{config.uri('raw', 'metadata')}/",
        "--curated": f"{curated_uri(config)}/",
        "--database": config.database,
        "--table": table_name(config),
    }
    return make_job(config, "etl", SCRIPT, arguments)


def curated_place(config: Config) -> str:
    """Return the folder of the run to which the table is turned.

    Raises:
        LookupError: there is no curated table yet.
    """
    glue = client(config, "glue")
    names = {"DatabaseName": config.database, "Name": table_name(config)}
    try:
        table = glue.get_table(**names)["Table"]
    except glue.exceptions.EntityNotFoundException:
        raise LookupError(f"No table {table_name(config)}: run notebooks/03 first") from None
    return table["StorageDescriptor"]["Location"].removesuffix(ROWS)


def new_tables(config: Config) -> dict:
    """Return the pattern of events that tell of a new curated table, one for each run of the job.

    A run writes many objects, and `summary.json` when the table is turned to them.
    """
    pattern = uploads(config.curated_bucket)
    pattern["detail"]["object"] = {"key": [{"wildcard": f"{config.key('curated')}/*/{SUMMARY}"}]}
    return pattern


def first_rows(config: Config, count: int) -> Result:
    """Return the first rows of the curated table, as Athena reads them."""
    return query(config, f"SELECT * FROM {table_name(config)} ORDER BY id LIMIT {count}")


def quarantine(config: Config) -> pd.DataFrame:
    """Return what the curated table's run has set aside: a row with `object` and `reason` for each.

    Raises:
        LookupError: there is no curated table yet.
    """
    place = S3Prefix(client(config, "s3"), curated_place(config))
    rows = [
        json.loads(line)
        for entry in place.list(QUARANTINE)
        if entry.key.endswith(".json")
        for line in place.read(entry.key).splitlines()
    ]
    table = [(row["source"].rpartition("/")[2], row["reason"]) for row in rows]
    return pd.DataFrame(sorted(table), columns=["object", "reason"])
