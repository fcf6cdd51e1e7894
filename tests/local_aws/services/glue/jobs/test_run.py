"""A run of a script: arguments, logs, failures, permissions, the end of the server; and Spark's."""

import json

import pytest

from tests.local_aws.services.glue.jobs.spark_jobs import ALL, Jobs, make_role
from tests.local_cloud import BUCKET

ARGUMENTS = """
import sys
from awsglue.utils import getResolvedOptions
print(getResolvedOptions(sys.argv, ["JOB_NAME", "source", "day"]))
print("to the error log", file=sys.stderr)
"""


def test_a_script_gets_the_jobs_and_the_runs_arguments(jobs):
    defaults = {"--source": "s3://a/b", "--day": "monday"}
    run = jobs.run(ARGUMENTS, {"Arguments": {"--day": "sunday"}}, DefaultArguments=defaults)
    assert run["JobRunState"] == "SUCCEEDED", run
    line, *_ = jobs.lines(run)
    expected = {"JOB_NAME": "etl", "source": "s3://a/b", "day": "sunday"}
    assert {name: eval(line)[name] for name in expected} == expected
    assert jobs.lines(run, "error") == ["to the error log"]
    assert run["Arguments"] == {"--day": "sunday"}


SPARK = """
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket"])
context = GlueContext(SparkContext.getOrCreate())
job, spark = Job(context), context.spark_session
job.init(args["JOB_NAME"], args)
rows = spark.read.json(f"s3://{args['bucket']}/raw/")
target = f"s3://{args['bucket']}/curated/"
rows.repartition(1).write.mode("overwrite").partitionBy("quantity").parquet(target)
print("rows", rows.count(), spark.version, spark._jvm.System.getProperty("java.home"))
job.commit()
"""


@pytest.mark.slow
def test_spark_reads_json_and_writes_partitions_that_athena_reads(jobs):
    for number in range(12):
        row = {"id": number, "quantity": number % 3}
        jobs.aws.store.put(BUCKET, f"raw/{number}.json", json.dumps(row).encode())
    run = jobs.run(SPARK, DefaultArguments={"--bucket": BUCKET})
    assert run["JobRunState"] == "SUCCEEDED", run
    print(run, jobs.lines(run), [i.key for i in jobs.aws.store.list(BUCKET, "curated")])
    assert 0
