"""With a company's settings every request of the course has what the company prescribes."""

import json
import subprocess
import sys

import pytest

from tests.places import ROOT
from tools.company import OTHERS, ROLE


def run(*arguments):
    """Run the tool, and return what it says."""
    command = [sys.executable, "-m", "tools.company_requests", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_no_request_lacks_what_the_company_prescribes():
    result = run()
    assert result["violations"] == result["not_allowed"] == []
    assert {*result["made"]} == {
        *("CreateBucket", "CreateRepository", "CreateRole"),
        *("CreateTrainingJob", "CreateProcessingJob", "CreateHyperParameterTuningJob"),
        *("CreateModelPackageGroup", "CreateModelPackage", "CreateModelCard"),
        *("CreateModel", "CreateEndpointConfig", "CreateEndpoint", "CreateTransformJob"),
        *("CreateApiKey", "CreateDeployment", "CreateRestApi", "CreateStage"),
        *("CreateUsagePlan", "CreateUsagePlanKey"),
    }


@pytest.mark.slow
def test_a_role_and_a_bucket_of_the_company_outlive_the_course():
    result = run("--existing", "00", "12")
    assert result["violations"] == result["not_allowed"] == []
    assert not {"CreateBucket", "CreateRole"} & {*result["made"]}
    assert result["kept"] == {"role": ROLE, "keys": [OTHERS]}
