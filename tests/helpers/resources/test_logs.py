"""A log is the course's by the name of its job or endpoint, unless that is another's."""

import pytest

from helpers.resources.logs import delete_log, logs
from helpers.session import client as course_client
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
from tests.local_cloud import write_log

JOBS, ENDPOINTS = "/aws/sagemaker/TrainingJobs", "/aws/sagemaker/Endpoints"
OURS, THEIRS = "birds-and-bins-birds", "birds-and-bins-theirs"


@pytest.fixture
def config(aws, client, config):
    for sagemaker, name in (
        (course_client(config, "sagemaker"), OURS),
        (client("sagemaker"), THEIRS),
    ):
        sagemaker.create_training_job(**training(name, "print('done')"))
        wait_for(sagemaker, "TrainingJob", name)
    write_log(aws, f"{ENDPOINTS}/{OURS}", "v/i-1", ["up"])
    write_log(aws, JOBS, "birds-and-bins-gone/algo-1-1", ["done"])
    write_log(aws, JOBS, "theirs/algo-1-1", ["done"])
    return config


def test_logs_of_the_course_are_found_also_of_a_job_that_is_gone(config):
    names = sorted(log.name for log in logs(config))
    assert [name.partition("/algo")[0] for name in names] == [
        f"{ENDPOINTS}/{OURS}", f"{JOBS}:{OURS}", f"{JOBS}:birds-and-bins-gone",
    ]  # fmt: skip


def test_a_shared_group_stays_while_another_has_a_stream_in_it(config):
    for log in list(logs(config)):
        delete_log(config, log.name)
    assert not list(logs(config))
    client = course_client(config, "logs")
    left = client.describe_log_streams(logGroupName=JOBS)["logStreams"]
    assert [each["logStreamName"].partition("/")[0] for each in left] == [THEIRS, "theirs"]
    for each in left:
        delete_log(config, f"{JOBS}:{each['logStreamName']}")
    assert not client.describe_log_groups()["logGroups"]
