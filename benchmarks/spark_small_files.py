"""Measure a Spark job over many small JSON files beside Athena: its start, listing, reading.

    python -m benchmarks.spark_small_files [--files 10441]

The files are those of ctas_small_files.py, pretty-printed as the real ones. The job is one of the
local AWS's Glue, whose Spark lists and reads by S3's API with its role's keys; Athena counts the
same rows. Seconds of the job's parts are the script's own.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from benchmarks.ctas_small_files import BUCKET, COLUMNS, SERDES, lay_down
from local_aws.server import LocalAws

SCRIPT = f"""
import time
begun = time.perf_counter()
from awsglue.context import GlueContext
from pyspark.context import SparkContext

spark = GlueContext(SparkContext.getOrCreate()).spark_session
print("session", time.perf_counter() - begun)
for part, read in (
    ("list", lambda: spark.read.format("binaryFile").load("s3://{BUCKET}/pretty/").select("path")),
    ("read", lambda: spark.read.option("multiLine", True).schema(
        "EXPECTED_QUANTITY int, image_fname string").json("s3://{BUCKET}/pretty/")),
):
    begun = time.perf_counter()
    rows = read().distinct().count()
    print(part, time.perf_counter() - begun)
    print("rows", rows)
"""
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")


def make_job(client: Callable) -> None:
    """Make the role, the script and the job."""
    trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}}
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    statements = ({**trust, "Action": "sts:AssumeRole"}, allow)
    documents = [json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in statements]
    client("iam").create_role(RoleName="bench", AssumeRolePolicyDocument=documents[0])
    client("iam").put_role_policy(RoleName="bench", PolicyName="all", PolicyDocument=documents[1])
    client("s3").put_object(Bucket=BUCKET, Key="bench.py", Body=SCRIPT.encode())
    client("glue").create_job(
        Name="bench", Role="bench", GlueVersion="5.1", WorkerType="G.1X", NumberOfWorkers=2,
        Command={"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/bench.py"},
    )  # fmt: skip


def describe(glue: Any, run_id: str) -> dict:
    """Return a run of the job."""
    return glue.get_job_run(JobName="bench", RunId=run_id)["JobRun"]


def spark(client: Callable) -> dict[str, float]:
    """Run the job; return the seconds of its parts, and of all of it."""
    begun, glue = time.perf_counter(), client("glue")
    run_id = glue.start_job_run(JobName="bench")["JobRunId"]
    while (run := describe(glue, run_id))["JobRunState"] not in OVER:
        time.sleep(0.1)
    whole = time.perf_counter() - begun
    if run["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(run["ErrorMessage"])
    events = client("logs").get_log_events(
        logGroupName="/aws-glue/jobs/output", logStreamName=run_id, startFromHead=True
    )["events"]
    lines = [each["message"].split() for each in events]
    return {name: float(value) for name, value in lines} | {"whole": whole}


def athena(client: Callable, sql: str) -> float:
    """Run a statement; return its seconds."""
    begun = time.perf_counter()
    place = {"OutputLocation": f"s3://{BUCKET}/results/"}
    started = client("athena").start_query_execution(QueryString=sql, ResultConfiguration=place)
    while True:
        execution = client("athena").get_query_execution(
            QueryExecutionId=started["QueryExecutionId"]
        )
        state = execution["QueryExecution"]["Status"]["State"]
        if state not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.05)
    if state != "SUCCEEDED":
        raise RuntimeError(execution["QueryExecution"]["Status"])
    return time.perf_counter() - begun


def main(files: int) -> None:
    """Measure both and print the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        lay_down(state, files)
        with LocalAws(state) as aws:
            keys = (aws.context.access_key, aws.context.secret_key)
            session = boto3.Session(*keys, region_name=aws.context.region)
            client = partial(session.client, endpoint_url=aws.context.url)
            make_job(client)
            for turn in ("first", "second"):
                print(f"Spark, {turn} run:", spark(client), flush=True)
            athena(client, "CREATE DATABASE bench")
            table = f"bench.pretty {COLUMNS} {SERDES['pretty']} LOCATION 's3://{BUCKET}/pretty/'"
            athena(client, f"CREATE EXTERNAL TABLE {table}")
            sql = "SELECT count(*) FROM (SELECT DISTINCT expected_quantity, image_fname FROM {})"
            print("Athena:", athena(client, sql.format("bench.pretty")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_441, help="small files")
    main(parser.parse_args().files)
