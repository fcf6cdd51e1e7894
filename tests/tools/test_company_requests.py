"""With a company's settings every request of the course has what the company prescribes."""

import json
import subprocess
import sys

import pytest

from tests.company import VARIABLES
from tests.places import ROOT
from tools.course_run import CourseRun


@pytest.fixture
def company():
    """Return a course of its own whose environment has a company's settings."""
    run = CourseRun(VARIABLES)
    yield run
    run.stop()


@pytest.mark.slow
def test_no_request_lacks_what_the_company_prescribes(company):
    with company.environment():
        done = subprocess.run(
            [sys.executable, "-m", "tools.company_requests"],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["violations"] == []
    assert {*result["made"]} == {
        *("CreateBucket", "CreateRepository", "CreateRole"),
        *("CreateTrainingJob", "CreateProcessingJob", "CreateHyperParameterTuningJob"),
        *("CreateModelPackageGroup", "CreateModelPackage", "CreateModelCard"),
        *("CreateModel", "CreateEndpointConfig", "CreateEndpoint"),
    }
