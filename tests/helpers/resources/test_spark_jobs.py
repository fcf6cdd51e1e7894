"""Spark jobs of the course are found with their runs and logs, and go in the order of their use."""

import pytest

from helpers.deletion import delete_all
from helpers.glue_jobs import make_job
from helpers.inventory import inventory
from helpers.resources.kind import Busy
from helpers.resources.spark_jobs import JOBS, logs, running, stop
from helpers.session import client as course_client
from tests.local_cloud import BUCKET, write_log

SCRIPT = "scripts_process/glue_sql.py"


@pytest.fixture
def job(aws, config):
    """Return the course's job, whose script sleeps, and make another's of the same form."""
    name = make_job(config, "sql", SCRIPT, {})
    glue = course_client(config, "glue")
    made = glue.get_job(JobName=name)["Job"]
    place = made["Command"]["ScriptLocation"]
    text = b"print('begun', flush=True)\nimport time; time.sleep(600)"
    aws.store.put(BUCKET, place.removeprefix(f"s3://{BUCKET}/"), text)
    return name


def test_a_job_without_the_tag_is_a_look_alike(config, client, job):
    made = client("glue").get_job(JobName=job)["Job"]
    kept = ("Role", "GlueVersion", "WorkerType", "NumberOfWorkers", "Command")
    client("glue").create_job(Name="birds-and-bins-x", **{name: made[name] for name in kept})
    assert [each.name for each in JOBS.own(config)] == [job]
    assert list(JOBS.look_alikes(config)) == [("birds-and-bins-x", "no tag course")]


def test_a_run_is_stopped_before_its_job_goes_and_its_logs_with_it(aws, config, job):
    glue = course_client(config, "glue")
    run = glue.start_job_run(JobName=job)["JobRunId"]
    write_log(aws, "/aws-glue/jobs/output", run, ["begun"])
    write_log(aws, "/aws-glue/jobs/output", "jr_anothers", ["theirs"])
    assert [each.name for each in running(config)] == [f"{job}/{run}"]
    with pytest.raises(Busy):
        stop(config, f"{job}/{run}")
    assert f"/aws-glue/jobs/output:{run}" in {each.name for each in logs(config)}
    delete_all(config)
    assert inventory(config).query("kind.str.contains('Spark')").empty
    left = course_client(config, "logs").describe_log_streams(logGroupName="/aws-glue/jobs/output")
    assert [each["logStreamName"] for each in left["logStreams"]] == ["jr_anothers"]
