"""A job has the packages of its image, and what it installs itself; AWS's image lacks soundfile."""

import sys

import pytest
from botocore.exceptions import ClientError

from local_aws.instances import warm_python
from tests.local_aws.images.test_pushes import push
from tests.local_aws.services.sagemaker.jobs.requests import processing, training, wait_for
from tests.local_aws.services.sagemaker.jobs.test_script_mode import archive, script_job
from tests.local_cloud import BUCKET
from tests.places import ROOT

NEEDS = "import soundfile; print(soundfile.__file__, flush=True)"


@pytest.fixture
def finish(aws, client):
    """Return a function that runs a training job to its end, with files where it takes a script."""

    def finish(request, **files):
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive(**files))
        client("sagemaker").create_training_job(**request)
        return wait_for(client("sagemaker"), "TrainingJob", request["TrainingJobName"])

    return finish


@pytest.fixture
def ours(client):
    """Return the URI of a pushed image that has idna and pip."""
    ecr = client("ecr")
    ecr.create_repository(repositoryName="ours")
    return push(ecr, "a")


def log(aws, group="TrainingJobs"):
    """Return all lines of the jobs' logs."""
    events = aws.engines.logs.filter_log_events({"logGroupName": f"/aws/sagemaker/{group}"})
    return [event["message"] for event in events["events"]]


def test_what_the_image_lacks_and_no_requirement_names_is_missing(finish):
    job = finish(script_job(), train_py=NEEDS)
    assert job["TrainingJobStatus"] == "Failed"
    assert "ModuleNotFoundError: No module named 'soundfile'" in job["FailureReason"]


def test_what_a_job_installs_is_there_and_is_said_to_be_no_download(aws, finish):
    job = finish(script_job(), train_py=NEEDS, requirements_txt="soundfile")
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    lines = log(aws)
    assert any(line.startswith("Not downloaded but linked") for line in lines)
    assert lines[-1].startswith("/venv/lib/") and str(aws.context.state) not in "".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("forgotten", [None, "soxr", "wandb"])
def test_the_courses_requirements_are_enough_and_each_is_needed(finish, forgotten):
    lines = (ROOT / "scripts_train" / "requirements.txt").read_text().splitlines()
    kept = [line for line in lines if not line.startswith(f"{forgotten}==")]
    request = script_job() | {"Environment": {"PIP_NO_INDEX": "1"}}
    script = "import onnxscript, silero_vad, simplejpeg, soundfile, soxr, wandb"
    job = finish(request, train_py=script, requirements_txt="\n".join(kept))
    wanted = forgotten and f"ModuleNotFoundError: No module named '{forgotten}'"
    assert (wanted or "") in job.get("FailureReason", "")
    assert job["TrainingJobStatus"] == ("Failed" if forgotten else "Completed"), job


def test_a_requirement_that_is_nowhere_fails_the_job_as_pip_fails(finish):
    request = script_job() | {"Environment": {"PIP_NO_INDEX": "1"}}
    job = finish(request, train_py=NEEDS, requirements_txt="no-such-package-anywhere==1")
    assert job["TrainingJobStatus"] == "Failed"
    assert "No matching distribution found for no-such-package-anywhere" in job["FailureReason"]


def test_the_packages_of_an_image_have_paths_of_an_instance(aws, finish):
    finish(training("job", "import six, torch.version as t; print(six.__file__, t.__file__)"))
    there = "/usr/lib/python3/site-packages"
    assert log(aws) == [f"{there}/six.py {there}/torch/version.py"]


def test_an_image_that_can_not_be_pulled_is_refused(aws, client):
    request = training("job", "")
    request["AlgorithmSpecification"]["TrainingImage"] = "library/image"
    with pytest.raises(ClientError, match="Elastic Container Registry path"):
        client("sagemaker").create_training_job(**request)
    request = processing("job")
    own = f"{aws.context.account}.dkr.ecr.us-east-1.amazonaws.com/ours:1"
    request["AppSpecification"]["ImageUri"] = own
    with pytest.raises(ClientError, match="Cannot find repository: ours"):
        client("sagemaker").create_processing_job(**request)


def test_a_processing_job_runs_its_own_images_entry_point(aws, client, ours):
    aws.store.put(BUCKET, "code/run.py", b"import idna\nprint('there')\nimport numpy")
    request = processing("job")
    specification = {
        "ImageUri": ours,
        "ContainerArguments": request["AppSpecification"].pop("ContainerEntrypoint")[1:],
    }
    client("sagemaker").create_processing_job(**{**request, "AppSpecification": specification})
    job = wait_for(client("sagemaker"), "ProcessingJob", "job")
    assert "No module named 'numpy'" in job["FailureReason"]
    assert "there" in log(aws, "ProcessingJobs")


def test_an_image_that_was_deleted_meanwhile_fails_the_job(aws, client, ours, monkeypatch):
    engine = aws.engines.processing.jobs.runner
    begin = engine.begin

    def late(name):
        client("ecr").delete_repository(repositoryName="ours", force=True)
        begin(name)

    monkeypatch.setattr(engine, "begin", late)
    aws.store.put(BUCKET, "code/run.py", b"")
    request = processing("job")
    request["AppSpecification"]["ImageUri"] = ours
    client("sagemaker").create_processing_job(**request)
    job = wait_for(client("sagemaker"), "ProcessingJob", "job")
    assert job["FailureReason"].startswith("ClientError: Cannot find repository: ours")


def test_a_kept_instance_runs_another_image_for_the_next_job(aws, finish, ours):
    kept = {
        "ResourceConfig": {**training("a", "")["ResourceConfig"], "KeepAlivePeriodInSeconds": 60}
    }
    assert finish(training("first", "import numpy", **kept))["TrainingJobStatus"] == "Completed"
    request = training("second", "import idna; print('idna'); import numpy", **kept)
    request["AlgorithmSpecification"]["TrainingImage"] = ours
    job = finish(request)
    assert "No module named 'numpy'" in job["FailureReason"] and "idna" in log(aws)
    transitions = [each["StatusMessage"] for each in job["SecondaryStatusTransitions"]]
    assert "reuse" in transitions[0]


def test_a_kept_instances_python_sees_what_was_installed_since(aws, finish, monkeypatch):
    monkeypatch.setattr(warm_python, "LIBRARIES", ("six",))
    resources = {**training("a", "")["ResourceConfig"], "KeepAlivePeriodInSeconds": 60}
    request = script_job() | {"ResourceConfig": resources}
    script = "import sys; print('six' in sys.modules, flush=True)\n" + NEEDS
    job = finish(request, train_py=script, requirements_txt="soundfile")
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    assert log(aws)[-2] == str(sys.platform == "linux")
