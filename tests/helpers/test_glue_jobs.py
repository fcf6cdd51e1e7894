"""A Spark job is made, brought up to date, run and read; its faults come with their reasons."""

import pytest

from helpers.account_settings import AccountSettings
from helpers.glue_jobs import log_lines, make_job, run_job
from helpers.jobs import JobFailed
from helpers.session import client
from tests.company import COMPANY
from tests.local_cloud import BUCKET, course_config

SCRIPT = "scripts_process/glue_sql.py"


def definition(config, name):
    return client(config, "glue").get_job(JobName=name)["Job"]


def replace_script(aws, config, name, text):
    """Put another script into a job's place."""
    place = definition(config, name)["Command"]["ScriptLocation"]
    aws.store.put(BUCKET, place.removeprefix(f"s3://{BUCKET}/"), text.encode())


@pytest.fixture
def job(config):
    return make_job(config, "sql", SCRIPT, {"--answers": "here"})


def test_a_job_has_a_version_small_workers_and_the_courses_tag(config, job):
    made = definition(config, job)
    assert job == "birds-and-bins-birds-sql" and made["GlueVersion"] == "5.1"
    assert (made["WorkerType"], made["NumberOfWorkers"], made["MaxRetries"]) == ("G.1X", 2, 0)
    assert made["JobRunQueuingEnabled"] and made["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    tags = client(config, "glue").get_tags(ResourceArn=f"arn:aws:glue:us-east-1:0:job/{job}")
    assert tags["Tags"] == {"course": "birds-and-bins"}


def test_making_it_again_brings_it_up_to_date(config, job):
    assert make_job(config, "sql", SCRIPT, {"--answers": "there"}, minutes=5) == job
    made = definition(config, job)
    assert made["DefaultArguments"]["--answers"] == "there" and made["Timeout"] == 5
    assert len(client(config, "glue").get_jobs()["Jobs"]) == 1


def test_a_run_has_its_seconds_its_price_and_the_last_value_of_each_metric(aws, config, job):
    replace_script(aws, config, job, r"print('read=1\nwords\nread=2\nb=3')")
    run = run_job(config, job)
    assert run.metrics == {"read": 2, "b": 3}
    assert run.cost == pytest.approx(2 * 0.44 / 60)  # a minute at least
    assert repr(run).startswith("<GlueRun of birds-and-bins-birds-sql: SUCCEEDED, ")
    assert log_lines(config, run.description) == ["read=1", "words", "read=2", "b=3"]


def test_the_script_imports_the_courses_package(aws, config, job):
    replace_script(aws, config, job, "from helpers.course_tag import KEY\nprint(KEY)")
    assert log_lines(config, run_job(config, job).description) == ["course"]


def test_a_run_that_fails_tells_why_and_where_its_log_is(aws, config, job):
    replace_script(aws, config, job, "raise ValueError('no such column')")
    with pytest.raises(JobFailed, match=r"FAILED: .*no such column.*/aws-glue/jobs/error, stream"):
        run_job(config, job)


def test_a_job_that_is_not_there_names_its_notebook(config):
    with pytest.raises(LookupError, match="notebooks/03"):
        run_job(config, "birds-and-bins-birds-none")


NETWORK = {"subnets": COMPANY.subnets, "security_groups": COMPANY.security_groups}


def test_a_network_without_a_connection_to_it_is_refused_with_what_to_set(aws):
    account = AccountSettings(**NETWORK)
    with pytest.raises(ValueError, match="COURSE_SUBNETS.*NETWORK.*COURSE_GLUE_CONNECTION"):
        make_job(course_config(aws, account=account), "sql", SCRIPT, {})


def test_a_job_joins_the_network_by_the_accounts_connection_also_when_made_anew(aws, config):
    account = AccountSettings(**NETWORK, glue_connection="team-network")
    company = course_config(aws, account=account)
    for _ in range(2):
        name = make_job(company, "sql", SCRIPT, {})
        assert definition(company, name)["Connections"] == {"Connections": ["team-network"]}
