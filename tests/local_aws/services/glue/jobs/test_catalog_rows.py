"""Spark and Athena read and write the same tables, row for row; Spark writes as its role may."""

from functools import partial

import pytest

from tests.local_aws.services.glue.jobs.spark_jobs import Jobs, answer, make_role
from tests.local_cloud import BUCKET
from tests.places import ROOT

ROWS = """
CREATE TABLE db.source WITH (format = 'PARQUET', partitioned_by = ARRAY['day'],
  external_location = 's3://{bucket}/tables/source/') AS
SELECT * FROM (VALUES
  ('a', 1, BIGINT '9007199254740993', 0.5e0, true, ARRAY['song', 'call'],
   ARRAY[CAST(ROW('B0', 'Mug', 2) AS ROW(asin varchar, name varchar, quantity integer))],
   DECIMAL '10.500', TIMESTAMP '2026-11-26 05:06:07.123', 'monday'),
  ('Ünïcode 鳥 🐦 ''q''', NULL, NULL, NULL, NULL, ARRAY['', NULL], ARRAY[],
   NULL, NULL, 'a day=1'),
  (NULL, -2147483648, BIGINT '-1', -1e300, false, NULL, NULL,
   DECIMAL '-0.001', TIMESTAMP '1969-12-31 23:59:59.999', 'dœrsdag')
) AS t (id, small, big, number, flag, texts, items, amount, moment, day)
"""
COPY = """
import sys
import boto3
from awsglue.context import GlueContext
from pyspark.context import SparkContext
from catalog_table import CatalogTable, folder_of

spark = GlueContext(SparkContext.getOrCreate()).spark_session
spark.conf.set("spark.sql.session.timeZone", "UTC")
rows = spark.table("db.source")
place = "s3://{bucket}/curated/copy/"
rows.write.mode("overwrite").partitionBy("day").parquet(place)
from pyspark.sql import functions as f
files = spark.read.parquet(place).select("day", f.input_file_name().alias("file")).collect()
folders = {{row.day: folder_of(row.file) for row in files}}
columns = dict(rows.dtypes)
CatalogTable(boto3.client("glue"), "db", "copy", columns, "day").turn(place, folders)
print("rows", rows.count(), sorted(folders))
try:
    rows.write.parquet("s3://{bucket}/raw/forbidden/")
except Exception as error:
    print("AccessDenied" in str(error) or "403" in str(error), type(error).__name__)
print(rows.select("id", "small", "texts").orderBy(f.col("id").asc_nulls_first()).collect())
"""


@pytest.mark.slow
def test_both_read_the_others_rows_and_a_write_elsewhere_is_refused(aws, client):
    own = f"arn:aws:s3:::{BUCKET}"
    allow = {"Effect": "Allow"}
    make_role(
        client,
        {**allow, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [own, f"{own}/*"]},
        {**allow, "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": f"{own}/curated/*"},
    )
    jobs, ask = Jobs(aws, client), partial(answer, client("athena"))
    ask("CREATE DATABASE db")
    ask(ROWS.format(bucket=BUCKET))
    module = (ROOT / "helpers/catalog_table.py").read_bytes()
    aws.store.put(BUCKET, "lib/catalog_table.py", module)
    arguments = {
        "--enable-glue-datacatalog": "true",
        "--extra-py-files": f"s3://{BUCKET}/lib/catalog_table.py",
    }
    run = jobs.run(COPY.format(bucket=BUCKET), DefaultArguments=arguments)
    assert run["JobRunState"] == "SUCCEEDED", (run, jobs.lines(run, "error")[-20:])
    counted, refused, shown = jobs.lines(run)[-3:]
    assert counted == "rows 3 ['a day=1', 'dœrsdag', 'monday']"
    assert refused.startswith("True ")
    assert not list(aws.store.list(BUCKET, "raw/"))
    assert shown.startswith("[Row(id=None, small=-2147483648, texts=None), Row(id='a', small=1,")
    assert "id=\"Ünïcode 鳥 🐦 'q'\", small=None, texts=['', None]" in shown
    for one, other in (("source", "copy"), ("copy", "source")):
        assert ask(f"SELECT * FROM db.{one} EXCEPT SELECT * FROM db.{other}")[1:] == []
    assert ask("SELECT count(*) FROM db.copy")[1:] == [["3"]]
    select = "SELECT id, big, number, amount, moment, items, day FROM db.{} ORDER BY day"
    assert ask(select.format("copy")) == ask(select.format("source"))


STRANGERS = """
CREATE TABLE db.others WITH (format = 'PARQUET', partitioned_by = ARRAY['day'],
  external_location = 's3://{bucket}/private/others/') AS
SELECT * FROM (VALUES (1, 'monday'), (2, 'tuesday')) AS t (number, day)
"""
TABLES = """
from awsglue.context import GlueContext
from pyspark.context import SparkContext

spark = GlueContext(SparkContext.getOrCreate()).spark_session
print(sorted(row.tableName for row in spark.sql("SHOW TABLES IN db").collect()))
print(GlueContext(spark.sparkContext).spark_session.table("db.source").count())  # made again
"""


@pytest.mark.slow
def test_a_table_that_is_not_the_runs_or_that_spark_cannot_declare_ends_no_run(aws, client):
    own = f"arn:aws:s3:::{BUCKET}"
    make_role(
        client,
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [own, own + "/tables/*", own + "/scripts/*"],
        },
    )
    jobs, ask = Jobs(aws, client), partial(answer, client("athena"))
    ask("CREATE DATABASE db")
    ask(ROWS.format(bucket=BUCKET))
    ask(STRANGERS.format(bucket=BUCKET))
    odd = client("glue").get_table(DatabaseName="db", Name="source")["Table"]
    storage = {**odd["StorageDescriptor"], "Columns": [{"Name": "a", "Type": "nothing<of>this"}]}
    client("glue").create_table(
        DatabaseName="db", TableInput={"Name": "odd", "StorageDescriptor": storage}
    )
    run = jobs.run(TABLES, DefaultArguments={"--enable-glue-datacatalog": "true"})
    assert run["JobRunState"] == "SUCCEEDED", (run, jobs.lines(run, "error")[-20:])
    assert jobs.lines(run)[-2:] == ["['source']", "3"]
    log = [line for line in jobs.lines(run, "error") if "is not shown to Spark" in line]
    assert ["`db`.`odd`" in line for line in log] == [True, False] * 2, log  # of each context
    assert "Access Denied" in log[1], log
    assert len(list(aws.store.list(BUCKET, "private/others/"))) > 1


@pytest.mark.slow
def test_where_policies_hold_a_database_that_is_not_the_roles_ends_no_run(aws, client, monkeypatch):
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    monkeypatch.setattr(aws.parts, "policies", [{"Statement": everything}])
    allow, catalog = {"Effect": "Allow"}, "arn:aws:glue:us-east-1:000000000000"
    own = [f"{catalog}:{name}" for name in ("catalog", "database/db", "table/db/*")]
    make_role(
        client,
        {**allow, "Action": "s3:*", "Resource": "*"},
        {**allow, "Action": "glue:GetDatabases", "Resource": "*"},
        {**allow, "Action": ["glue:GetTables", "glue:GetPartitions"], "Resource": own},
    )
    jobs, ask = Jobs(aws, client), partial(answer, client("athena"))
    for name in ("db", "others"):
        ask(f"CREATE DATABASE {name}")
    ask(ROWS.format(bucket=BUCKET))
    ask(STRANGERS.format(bucket=BUCKET).replace("db.others", "others.others"))
    run = jobs.run(TABLES, DefaultArguments={"--enable-glue-datacatalog": "true"})
    assert run["JobRunState"] == "SUCCEEDED", (run, jobs.lines(run, "error")[-20:])
    assert jobs.lines(run)[-2:] == ["['source']", "3"]
    log = [line for line in jobs.lines(run, "error") if "are not shown to Spark" in line]
    assert len(log) == 2 and "`others`" in log[0] and "AccessDenied" in log[0], log
