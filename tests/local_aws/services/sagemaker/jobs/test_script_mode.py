"""Jobs without a command, from the SDK's tuner: script mode gives them one."""

import io
import tarfile

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import channel, training, wait_for
from tests.local_cloud import BUCKET

SUBMIT = f"s3://{BUCKET}/code/sourcedir.tar.gz"
SHOW = """
import os, sys, pathlib
print(sys.argv[1:])
print(os.environ["SM_HP_LR"], os.environ["SM_CHANNELS"], pathlib.Path("x.txt").read_text())
pathlib.Path(os.environ["SM_MODEL_DIR"], "weights").touch()
"""


def script_job(name="job", **hyperparameters):
    """Return a request whose image is left to run `train.py` of the archive."""
    parameters = {"sagemaker_program": "train.py", "sagemaker_submit_directory": SUBMIT}
    request = training(name, "", HyperParameters={**parameters, **hyperparameters})
    for field in ("ContainerEntrypoint", "ContainerArguments"):
        del request["AlgorithmSpecification"][field]
    return request


def archive(**files):
    """Return a gzipped tar of text files; the last `_` of a name becomes a dot."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(".".join(name.rsplit("_", 1)))
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.fixture
def run(aws, client):
    """Return a function that ships files, runs a script-mode job and returns what it printed."""

    def run(request, **files):
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive(**files))
        sagemaker = client("sagemaker")
        sagemaker.create_training_job(**request)
        job = wait_for(sagemaker, "TrainingJob", request["TrainingJobName"])
        assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
        events = aws.engines.logs.filter_log_events({"logGroupName": "/aws/sagemaker/TrainingJobs"})
        return [event["message"] for event in events["events"]]

    return run


def test_a_script_gets_its_own_hyperparameters_as_arguments_and_variables(aws, run):
    lines = run(script_job(lr="0.1", epochs="3"), train_py=SHOW, x_txt="shipped")
    assert lines == ["['--epochs', '3', '--lr', '0.1']", "0.1 [] shipped"]
    assert aws.store.info(BUCKET, "models/job/output/model.tar.gz").size


def test_what_version_two_of_the_sdk_quotes_is_unquoted(run):
    request = script_job(lr="0.1", mode='"fast one"')
    parameters = request["HyperParameters"]
    parameters["sagemaker_program"], parameters["sagemaker_submit_directory"] = (
        '"train.py"',
        f'"{SUBMIT}"',
    )
    assert run(request, train_py=SHOW, x_txt="")[0] == "['--lr', '0.1', '--mode', 'fast one']"


def test_the_sdks_drivers_run_the_script_where_they_come_along(aws, run):
    driver = "cd /opt/ml/input/data/code\npython3 train.py\ncat /opt/ml/input/config/hyper*"
    aws.store.put(BUCKET, "drivers/sm_train.sh", driver.encode())
    aws.store.put(BUCKET, "drivers/scripts/environment.py", b"")
    request = script_job(lr="0.1", _tuning_objective_metric="loss")
    request["InputDataConfig"] = [channel("sm_drivers", "drivers/")]
    lines = run(request, train_py="print('by the drivers')")
    assert lines == ["by the drivers", "{", ' "lr": "0.1"', "}"]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"sagemaker_program": None}, "ContainerEntrypoint, or script mode's"),
        ({"sagemaker_submit_directory": None}, "ContainerEntrypoint, or script mode's"),
        ({"sagemaker_submit_directory": "s3://bucket/folder"}, "ends in .tar.gz"),
        ({"sagemaker_program": "../../x.sh"}, "can't be a file below the code: it has a part '..'"),
        (
            {"sagemaker_program": "/usr/bin/x.py"},
            "can't be a file below the code: it has an empty part",
        ),
        (
            {"sagemaker_distributed_dataparallel_enabled": "true"},
            "sagemaker_distributed_dataparallel_enabled: the local AWS has none of the launchers",
        ),
    ],
)
def test_a_job_without_a_script_or_with_an_images_launcher_is_refused(client, change, message):
    request = script_job()
    parameters = {**request["HyperParameters"], **change}
    request["HyperParameters"] = {name: value for name, value in parameters.items() if value}
    with pytest.raises(ClientError, match=message):
        client("sagemaker").create_training_job(**request)
