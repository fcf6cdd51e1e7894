"""A kind of job is two small classes: the runner needs no more."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.job_kind import JobKind, Names, Resources
from local_aws.services.sagemaker.jobs.job_run import JobRun
from local_aws.services.sagemaker.jobs.jobs import Jobs
from tests.local_aws.services.sagemaker.jobs.requests import printed, until
from tests.local_cloud import IMAGE


class EchoRun(JobRun):
    """Prints its job's words on every instance."""

    def prepare(self, containers):
        pass

    def command(self, container):
        return ["python3", "-c", f"print({self.job['Words']!r})"], {}

    def keep(self, containers, status):
        pass


class EchoKind(JobKind):
    names = Names("EchoJob")

    def resources(self, job):
        return Resources("ml.m5.large", job["Count"])

    def image_uri(self, job):
        return IMAGE


@pytest.fixture
def jobs(aws):
    """Return the jobs of a kind with the defaults."""
    return Jobs(aws.parts, EchoKind(), EchoRun)


def test_the_plainest_kind_runs_its_command_on_instances_of_its_own(aws, jobs):
    jobs.create({"EchoJobName": "job", "Words": "a few words", "Count": 2})
    until(lambda: "EchoEndTime" in jobs.describe({"EchoJobName": "job"}))
    job = jobs.describe({"EchoJobName": "job"})
    assert job["EchoJobStatus"] == "Completed"
    assert job["EchoStartTime"] <= job["EchoEndTime"]
    assert printed(aws, "EchoJob") == ["a few words"] * 2
    assert not list((aws.context.state / "instances").iterdir())


def test_every_kind_has_its_quota(aws, jobs, monkeypatch):
    monkeypatch.setattr("local_aws.services.sagemaker.jobs.quotas.DEFAULT", 1)
    with pytest.raises(AwsError) as refused:
        jobs.create({"EchoJobName": "job", "Words": "", "Count": 2})
    assert "'ml.m5.large for echo job usage' is 1 Instances" in refused.value.message
    with pytest.raises(AwsError, match="not found|ResourceNotFound"):
        jobs.describe({"EchoJobName": "job"})
