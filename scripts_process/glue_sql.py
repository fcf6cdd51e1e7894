"""Ask the Data Catalog's tables questions in Spark's SQL, and write the answers with their times.

As a job of AWS Glue 5.1, with the package `helpers` as a zip in --extra-py-files:
    --questions s3://bucket/code/questions.json --answers s3://bucket/curated/answers.json
The first file maps names to SQL; the second one maps them to rows, seconds and columns.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import PurePath

from awsglue.context import GlueContext
from pyspark.context import SparkContext
from pyspark.sql import SparkSession

from helpers.s3_uris import parse_uri
from helpers.session import job_client


def parse_args(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; Glue adds some of its own, such as --JOB_NAME."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--questions", required=True, help="s3:// object: names to SQL, as JSON")
    parser.add_argument("--answers", required=True, help="s3:// object for the answers, as JSON")
    return parser.parse_known_args(argv)[0]


def main(args: argparse.Namespace) -> dict[str, float]:
    """Ask all questions, one after the other, and return the seconds of each."""
    s3 = job_client("s3")
    bucket, key = parse_uri(args.questions)
    questions = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    spark = GlueContext(SparkContext.getOrCreate()).spark_session
    java = spark.sparkContext._jvm.java.lang.System
    version, home = (java.getProperty(f"java.{name}") for name in ("version", "home"))
    folder = "/".join(PurePath(home).parts[-2:])  # the rest tells of this machine alone
    print(f"Python {platform.python_version()}, Spark {spark.version}, Java {version} of {folder}")
    answers = {name: answer(spark, sql) for name, sql in questions.items()}
    bucket, key = parse_uri(args.answers)
    body = json.dumps(answers, default=str).encode()
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return {name: each["seconds"] for name, each in answers.items()}


def answer(spark: SparkSession, sql: str) -> dict:
    """Return a question's columns, rows and seconds."""
    start = time.perf_counter()
    frame = spark.sql(sql)
    rows = [list(row) for row in frame.collect()]
    return {"columns": frame.columns, "rows": rows, "seconds": time.perf_counter() - start}


if __name__ == "__main__":
    for name, seconds in main(parse_args(sys.argv[1:])).items():
        print(f"{name}: {seconds:.2f} s")
