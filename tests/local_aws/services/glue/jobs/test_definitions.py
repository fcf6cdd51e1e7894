"""A job is kept as it was asked for; what the local AWS would not do is refused by name."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.glue.jobs.spark_jobs import job


def refusal(call, **request):
    """Return code and message of a refused call."""
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_job_is_read_back_with_its_defaults(jobs):
    jobs.glue.create_job(**job(DefaultArguments={"--day": "monday"}))
    shown = jobs.glue.get_job(JobName="etl")["Job"]
    assert shown["Command"] == job()["Command"] and shown["DefaultArguments"] == {"--day": "monday"}
    assert (shown["Timeout"], shown["MaxRetries"], shown["MaxCapacity"]) == (480, 0, 2.0)
    assert [each["Name"] for each in jobs.glue.get_jobs()["Jobs"]] == ["etl"]


def test_the_same_job_once_more_is_no_error_and_another_of_its_name_is(jobs):
    jobs.glue.create_job(**job())
    assert jobs.glue.create_job(**job()) and len(jobs.glue.get_jobs()["Jobs"]) == 1
    code, message = refusal(jobs.glue.create_job, **job(NumberOfWorkers=3))
    assert code == "IdempotentParameterMismatchException" and "etl" in message


def test_an_update_replaces_the_definition_whole(jobs):
    jobs.glue.create_job(**job(MaxRetries=2))
    change = {name: value for name, value in job(Timeout=5).items() if name != "Name"}
    jobs.glue.update_job(JobName="etl", JobUpdate=change)
    shown = jobs.glue.get_job(JobName="etl")["Job"]
    assert (shown["Timeout"], shown["MaxRetries"]) == (5, 0)


def test_a_deleted_job_is_gone_and_deleting_it_again_is_no_error(jobs):
    jobs.glue.create_job(**job())
    for _ in range(2):
        jobs.glue.delete_job(JobName="etl")
    assert refusal(jobs.glue.get_job, JobName="etl")[0] == "EntityNotFoundException"


def test_without_a_glue_version_the_refusal_says_what_to_give(jobs):
    request = job()
    del request["GlueVersion"]
    code, message = refusal(jobs.glue.create_job, **request)
    assert code == "InvalidInputException" and "GlueVersion '5.1'" in message


@pytest.mark.parametrize(
    "change, words",
    [
        ({"GlueVersion": "5.0"}, "GlueVersion 5.0"),
        ({"GlueVersion": "6.0"}, "python -m local_aws glue-6.0"),
        ({"Command": {"Name": "pythonshell", "ScriptLocation": "s3://b/k"}}, "pythonshell"),
        ({"Command": {"Name": "gluestreaming", "ScriptLocation": "s3://b/k"}}, "gluestreaming"),
        ({"Command": {"Name": "glueray", "ScriptLocation": "s3://b/k"}}, "glueray"),
        ({"ExecutionClass": "FLEX"}, "FLEX"),
        ({"WorkerType": "G.025X"}, "G.025X"),
        ({"DefaultArguments": {"--job-bookmark-option": "job-bookmark-enable"}}, "bookmark"),
        ({"DefaultArguments": {"--extra-jars": "s3://b/a.jar"}}, "--extra-jars"),
    ],
)
def test_what_is_not_done_is_refused_by_name(jobs, change, words):
    code, message = refusal(jobs.glue.create_job, **job(**change))
    assert code == "NotImplementedException" and words in message
    assert jobs.glue.get_jobs()["Jobs"] == []


@pytest.mark.parametrize(
    "change, words",
    [
        ({"NumberOfWorkers": 1}, "NumberOfWorkers should be from 2"),
        ({"Timeout": 10_081}, "Timeout should be from 1 to 10080 minutes"),
        ({"Role": "nobody"}, "Role nobody should be given assume role permissions"),
        ({"Role": "course"}, "Role course should be given assume role permissions"),
        ({"Command": {"Name": "glueetl", "ScriptLocation": "etl.py"}}, "s3:// URI"),
        ({"DefaultArguments": {"day": "monday"}}, "day should begin with --"),
    ],
)
def test_a_request_that_aws_refuses_is_refused(jobs, change, words):
    code, message = refusal(jobs.glue.create_job, **job(**change))
    assert code == "InvalidInputException" and words in message
