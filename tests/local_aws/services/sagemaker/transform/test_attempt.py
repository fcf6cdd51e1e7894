"""A transform job divides its files among instances, and ends as its files do."""

import json
import time

import pytest

from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.hosting.queues import permit
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, until, wait_for
from tests.local_aws.services.sagemaker.transform.jobs import ECHO, UPPER, transform
from tests.local_cloud import BUCKET

SLOW = ECHO.replace("def predict_fn(data, model):", "def predict_fn(data, model):\n    wait(data)")
SLOW += """
def wait(data):
    import time
    print("waits", flush=True)
    time.sleep(0 if data[0] == b"quick" else 60)
"""
NO_RETRY = {"ModelClientConfig": {"InvocationsMaxRetries": 0}}


def test_files_are_divided_by_key_and_none_is_lost(transforms):
    transforms.hosting.model(data=archive(UPPER))
    transforms.put(**{name: name for name in "abcde"})
    transforms.run(count=2, output={"Accept": "text/plain"})
    assert transforms.outputs() == {f"{name}.txt.out": name.upper() for name in "abcde"}
    answered = [len([line for line in transforms.log(host) if "POST" in line]) for host in HOSTS]
    assert sorted(answered) == [2, 3]


HOSTS = ("algo-1", "algo-2")


def test_an_instance_without_a_file_starts_no_server(transforms):
    transforms.hosting.model(data=archive(UPPER))
    transforms.put(a="a")
    assert transforms.run(count=2)["TransformJobStatus"] == "Completed"
    assert transforms.log("algo-1") and not transforms.log("algo-2")


def test_a_manifest_names_the_files(transforms):
    transforms.hosting.model(data=archive(UPPER))
    transforms.put(a="a", b="b", c__d="d")
    manifest = [{"prefix": f"s3://{BUCKET}/in/"}, "a.txt", "c/d.txt"]
    transforms.aws.store.put(BUCKET, "manifest", json.dumps(manifest).encode())
    source = {"S3DataType": "ManifestFile", "S3Uri": f"s3://{BUCKET}/manifest"}
    transforms.run(
        source={"DataSource": {"S3DataSource": source}, "ContentType": "text/plain"},
        output={"Accept": "text/plain"},
    )
    assert transforms.outputs() == {"a.txt.out": "A", "c/d.txt.out": "D"}


def test_a_failing_file_fails_the_job_and_the_others_outputs_stay(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one", b="bad", c="three")
    job = transforms.run(**NO_RETRY)
    reason = "AlgorithmError: See job logs for more information"
    assert (job["TransformJobStatus"], job["FailureReason"]) == ("Failed", reason)
    assert transforms.outputs().keys() == {"a.txt.out", "c.txt.out"}
    (status, _, message, *text) = [line for line in transforms.log("data-log") if "b.txt" in line]
    assert status.endswith(f"{BUCKET}/in/b.txt: Bad HTTP status received from algorithm: 500")
    assert message.endswith("Message:") and "this body is bad" in text[0]


def test_what_the_model_refuses_is_the_clients_error(transforms):
    refuses = (
        ECHO.replace("    if b", "    if b'bad' in body: refuse()\n    if b")
        + """
def refuse():
    from sagemaker_inference.errors import GenericInferenceToolkitError
    raise GenericInferenceToolkitError(415, "no such type")
"""
    )
    transforms.hosting.model(data=archive(refuses))
    transforms.put(a="bad")
    job = transforms.run()
    assert job["FailureReason"] == "ClientError: See job logs for more information"
    assert any(line.endswith("in/a.txt: ClientError: 415") for line in transforms.log("data-log"))


def test_a_model_that_does_not_start_fails_the_job_and_the_log_says_why(transforms):
    transforms.hosting.model(data=archive("raise RuntimeError('no such weights')"))
    transforms.put(a="a")
    job = transforms.run()
    assert job["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert "no such weights" in transforms.log("data-log")[-1]
    assert not transforms.outputs()


def test_what_is_missing_is_named(transforms):
    transforms.hosting.model(data=archive(ECHO))
    job = transforms.run(key="none/")
    assert f'No S3 objects found under S3 URL "s3://{BUCKET}/none/"' in job["FailureReason"]
    transforms.put(a="a")
    transforms.aws.store.delete(BUCKET, "model.tar.gz")
    job = transforms.run(name="second")
    assert job["FailureReason"].startswith("ClientError: Could not access model data at s3://")


def test_a_stopped_job_ends_soon_and_keeps_whole_outputs_alone(transforms):
    transforms.hosting.model(data=archive(SLOW))
    transforms.put(a="quick", b="slow")
    transforms.sagemaker.create_transform_job(**transform())
    until(lambda: [line for line in transforms.log() if line == "waits"][1:])
    began = time.monotonic()
    transforms.sagemaker.stop_transform_job(TransformJobName="job")
    job = wait_for(transforms.sagemaker, "TransformJob", "job")
    assert job["TransformJobStatus"] == "Stopped" and "FailureReason" not in job
    assert time.monotonic() - began < 10
    assert transforms.outputs().keys() == {"a.txt.out"}
    assert not list((transforms.aws.context.state / "instances").iterdir())


def test_the_manifests_of_captured_data_name_inputs_and_outputs(transforms):
    transforms.hosting.model(data=archive(UPPER))
    transforms.put(a="1,2", b__c="3,4")
    capture = {"DestinationS3Uri": f"s3://{BUCKET}/seen", "GenerateInferenceId": True}
    job = transforms.run(
        source={"ContentType": "text/csv"}, output={"Accept": "text/csv"}, DataCaptureConfig=capture
    )
    hour = f"{job['TransformStartTime']:%Y/%m/%d/%H}"
    seen = {key: json.loads(text) for key, text in transforms.outputs("seen/").items()}
    assert seen == {
        f"input/{hour}/job.json": [{"prefix": f"s3://{BUCKET}/in/"}, "a.txt", "b/c.txt"],
        f"output/{hour}/job.json": [
            {"prefix": f"s3://{BUCKET}/out/"}, "a.txt.out", "b/c.txt.out"
        ],
    }  # fmt: skip
    one, two, identity, at = transforms.outputs()["a.txt.out"].strip().split(",")
    assert (one, two) == ("1", "2") and len(identity) == 36
    assert at == f"{job['TransformStartTime']:%Y-%m-%dT%H:%M:%SZ}"


def test_a_container_that_ends_fails_the_job_and_what_was_answered_stays(transforms):
    ends = ECHO.replace("    if b", "    if body == b'end': os._exit(3)\n    if b")
    transforms.hosting.model(data=archive(ends))
    transforms.put(a="one", b="end", c="three")
    job = transforms.run()
    assert job["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert transforms.outputs().keys() == {"a.txt.out"}
    assert any("in/b.txt: Unable to get response" in line for line in transforms.log("data-log"))


OBJECTS = f"arn:aws:s3:::{BUCKET}"
NOT_B = [OBJECTS, *(f"{OBJECTS}/{part}*" for part in ("model", "in/a", "out/"))]


@pytest.mark.parametrize(
    "actions, resource, denied",
    [
        (("s3:PutObject", "s3:ListBucket"), "*", f"s3:GetObject on resource: {OBJECTS}/model"),
        (("s3:GetObject", "s3:ListBucket"), "*", f"s3:PutObject on resource: {OBJECTS}/out/a.txt"),
        (("s3:GetObject", "s3:PutObject"), "*", f"s3:ListBucket on resource: {OBJECTS}"),
        (
            ("s3:*",),
            [OBJECTS, f"{OBJECTS}/model*", f"{OBJECTS}/in/a*", f"{OBJECTS}/out/*"],
            "in/b.txt",
        ),
    ],
)
def test_a_job_fails_with_what_its_role_may_not(transforms, actions, resource, denied):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="a", b="b")
    permit(transforms.aws, *actions, resource=resource)
    job = transforms.run()
    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(f"ClientError: {ROLE} is not authorized to perform: s3:")
    assert denied in job["FailureReason"] and not transforms.outputs()


def test_a_role_that_may_do_just_this_is_enough(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="a")
    places = [OBJECTS, *(f"{OBJECTS}/{part}*" for part in ("model", "in/", "out/"))]
    permit(transforms.aws, "s3:GetObject", "s3:PutObject", "s3:ListBucket", resource=places)
    assert transforms.run()["TransformJobStatus"] == "Completed"


def test_where_policies_hold_a_container_has_its_models_role(transforms, monkeypatch):
    rows = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    monkeypatch.setattr(transforms.aws.parts, "policies", [{"Statement": rows}])
    told = ECHO.replace("body.decode()", "os.environ['AWS_ACCESS_KEY_ID']")
    transforms.hosting.model(data=archive(told))
    transforms.put(a="a")
    assert transforms.run()["TransformJobStatus"] == "Completed"
    (answer,) = transforms.outputs().values()
    key = json.loads(answer)["body"]
    assert key.startswith("ASIA") and key != transforms.aws.context.access_key
    assert not transforms.aws.parts.keys
