"""Curate metadata: validate, normalize, set bad records and copies aside, write a table of Parquet.

As a job of AWS Glue 5.1, with the package `helpers` as a zip in --extra-py-files:
    --dataset bins --raw s3://bucket/raw/bins/metadata/ --curated s3://bucket/curated/bins/
    --database birds_and_bins --table bins_curated
It lists the raw objects, and reads those alone that are new or changed since its last run. Each run
writes a folder of its own, named after what it has listed, and then turns the table to it: a reader
of the old folder is not disturbed, and a run that is started again changes nothing. Its last object
is `summary.json`, the counts: whoever waits for new data waits for that one.
What is set aside is in `quarantine/` beside the rows, each object with its reason.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256

from awsglue.context import GlueContext
from pyspark.context import SparkContext
from pyspark.sql import DataFrame, Row, SparkSession, Window
from pyspark.sql import functions as f

from helpers.catalog_table import CatalogTable, folder_of
from helpers.datasets.curation import Curation, load_curation
from helpers.run_summary import tell
from helpers.samples import Unreadable
from helpers.session import job_client

COPY = "a copy of "
OBJECT = "source string, modified timestamp"


def parse_args(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; Glue adds some of its own, such as --JOB_NAME."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--dataset", required=True, help="birds or bins")
    add("--raw", required=True, help="s3:// folder of the metadata, a JSON object a file")
    add("--curated", required=True, help="s3:// folder for the runs' folders")
    add("--database", required=True, help="database of the table; it has to exist")
    add("--table", required=True, help="the table, which is made or turned to the new rows")
    add("--most-aside", type=float, default=0.2, help="share of objects that may be set aside")
    return parser.parse_known_args(argv)[0]


def main(args: argparse.Namespace) -> dict[str, int]:
    """Curate what has changed and return the counts."""
    spark = GlueContext(SparkContext.getOrCreate()).spark_session
    curation, origin = load_curation(args.dataset), {"source": "string", "modified": "timestamp"}
    columns = {**curation.columns, **origin}
    names = (args.database, args.table, columns, curation.partition)
    table = CatalogTable(job_client("glue"), *names)
    listing = spark.read.format("binaryFile").option("pathGlobFilter", "*.json").load(args.raw)
    objects = listing.selectExpr("path AS source", "modificationTime AS modified").cache()
    count = objects.count()
    if not count:
        raise SystemExit(f"No JSON files under {args.raw}: run notebooks/01 first")
    place, before = f"{args.curated.rstrip('/')}/{_digest(objects)}", table.location()
    if before == f"{place}/rows/":
        # The run that turned the table may have been ended before it told of it.
        tell(job_client("s3"), place, {"objects": count}, again=False)
        return {"objects": count, "read": 0, "unchanged": 1}
    rows, aside = _before(spark, curation, before)
    known = rows.select("source", "modified").union(aside.select("source", "modified"))
    new = objects.join(known, ["source", "modified"], "left_anti")
    good, bad, read = _read(spark, curation, listing, new)
    rows = rows.join(objects, ["source", "modified"], "left_semi").unionByName(good)
    aside = aside.join(objects, ["source", "modified"], "left_semi").unionByName(bad)
    rows, copies = _without_copies(rows, curation)
    aside = aside.unionByName(copies).cache()
    set_aside = aside.count()
    if set_aside > args.most_aside * count:
        reasons = aside.limit(3).collect()
        raise SystemExit(f"{set_aside} of {count} objects are unusable, such as {reasons}")
    parts = rows.repartition(curation.partition).sortWithinPartitions("source")
    parts.write.mode("overwrite").partitionBy(curation.partition).parquet(f"{place}/rows/")
    aside.coalesce(1).write.mode("overwrite").json(f"{place}/quarantine/")
    table.turn(f"{place}/rows/", _partitions(spark, f"{place}/rows/", curation.partition))
    counts = {"objects": count, "read": read, "rows": count - set_aside, "aside": set_aside}
    tell(job_client("s3"), place, counts)
    return counts


def _digest(objects: DataFrame) -> str:
    """Return a name of what is listed: another object or another time gives another one."""
    lines = sorted(f"{row.source} {row.modified.timestamp()}" for row in objects.collect())
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _before(
    spark: SparkSession, curation: Curation, place: str | None
) -> tuple[DataFrame, DataFrame]:
    """Return the rows of the last run and what it set aside, but for copies: they are read anew."""
    columns = ", ".join(f"`{name}` {kind}" for name, kind in curation.columns.items())
    schema, reasons = f"{columns}, {OBJECT}", f"{OBJECT}, reason string"
    if place is None or not place.endswith("/rows/"):
        return spark.createDataFrame([], schema), spark.createDataFrame([], reasons)
    aside = spark.read.schema(reasons).json(f"{place.removesuffix('rows/')}quarantine/")
    return spark.read.schema(schema).parquet(place), aside.where(~f.col("reason").startswith(COPY))


def _read(
    spark: SparkSession, curation: Curation, listing: DataFrame, new: DataFrame
) -> tuple[DataFrame, DataFrame, int]:
    """Return the rows of new objects, those that give none with their reasons, and their number."""
    schemas = [frame.schema for frame in _before(spark, curation, None)]
    oldest = new.agg(f.min("modified")).first()[0]
    if oldest is None:
        return *(spark.createDataFrame([], schema) for schema in schemas), 0
    # Spark reads no object that this first condition excludes.
    recent = listing.where(f.col("modificationTime") >= f.lit(oldest))
    sought = new.select(f.col("source").alias("path"))
    contents = recent.join(f.broadcast(sought), "path", "left_semi")
    parsed = contents.rdd.mapPartitions(lambda rows: _parsed(rows, curation)).cache()
    good = parsed.filter(lambda row: "reason" not in row)
    bad = parsed.filter(lambda row: "reason" in row)
    frames = [spark.createDataFrame(*pair) for pair in zip((good, bad), schemas, strict=True)]
    return *frames, parsed.count()


def _parsed(rows: Iterator[Row], curation: Curation) -> Iterator[dict]:
    for row in rows:
        origin = {"source": row.path, "modified": row.modificationTime}
        id = row.path.rpartition("/")[2].removesuffix(".json")
        try:
            yield {**curation.read(id, bytes(row.content)), **origin}
        except Unreadable as error:
            yield {**origin, "reason": str(error)}


def _without_copies(rows: DataFrame, curation: Curation) -> tuple[DataFrame, DataFrame]:
    """Return the rows without copies, and the copies: the oldest object of a key is kept."""
    same = Window.partitionBy(f.coalesce(curation.key, "source")).orderBy("modified", "source")
    marked = rows.withColumn("_first", f.first("source").over(same)).cache()
    is_copy = f.col("_first") != f.col("source")
    copies = marked.where(is_copy)
    reason = f.concat(f.lit(COPY), "_first").alias("reason")
    return marked.where(~is_copy).drop("_first"), copies.select("source", "modified", reason)


def _partitions(spark: SparkSession, place: str, column: str) -> dict[str, str]:
    """Return the folder of each value of the partitions' column."""
    files = spark.read.parquet(place).select(column, f.input_file_name().alias("file")).distinct()
    return {str(row[0]): folder_of(row.file) for row in files.collect()}


if __name__ == "__main__":
    for name, value in main(parse_args(sys.argv[1:])).items():
        print(f"{name}={value}")
