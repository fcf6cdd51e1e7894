"""Fixtures of the tests of tuning jobs: upload a script, and run a tuning job with it."""

import pytest

from local_aws.instances import warm_python
from local_aws.server import LocalAws
from tests.local_aws.services.sagemaker.tuning.requests import (
    SCORE,
    archive,
    tuning,
    wait_for_tuning,
)
from tests.local_cloud import BUCKET, furnish, make_client


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Let kept instances import nearly no modules."""
    monkeypatch.setattr(warm_python, "LIBRARIES", ("json",))


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    """Return a running local AWS with bucket and role: one for all tests of a file."""
    with LocalAws(tmp_path_factory.mktemp("aws") / "state") as server:
        furnish(server)
        yield server


@pytest.fixture
def sagemaker(aws):
    """Return a client of it; tuning jobs are stopped and forgotten after each test."""
    client = make_client(aws, "sagemaker")
    yield client
    for job in aws.engines.tuning.documents:
        name = {"HyperParameterTuningJobName": job["HyperParameterTuningJobName"]}
        if job["HyperParameterTuningJobStatus"] == "InProgress":
            client.stop_hyper_parameter_tuning_job(**name)
            wait_for_tuning(client, job["HyperParameterTuningJobName"])
        client.delete_hyper_parameter_tuning_job(**name)


@pytest.fixture
def begin(aws, sagemaker):
    """Return a function that ships a script and starts a tuning job over it."""

    def begin(script=SCORE, name="tune", warm_start=None, **options):
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive(script))
        more = {"WarmStartConfig": warm_start} if warm_start else {}
        sagemaker.create_hyper_parameter_tuning_job(**tuning(name, **options), **more)

    return begin


@pytest.fixture
def run(begin, sagemaker):
    """Return a function that runs a tuning job and returns its last description."""

    def run(script=SCORE, name="tune", **options):
        begin(script, name, **options)
        return wait_for_tuning(sagemaker, name)

    return run
