"""A batch of raw objects is answered by a version of the registry, and no object is lost."""

import pytest

from helpers.jobs import JobFailed
from helpers.roles import make_role
from helpers.session import client as course_client
from helpers.transform_jobs import NO_REASON, results, start, transform
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import BUCKET, SERVING

ANSWER = """
import json
from sagemaker_inference.errors import GenericInferenceToolkitError

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return bytes(body)

def predict_fn(data, model):
    if data == b"noise":
        raise GenericInferenceToolkitError(400, "Can't use this audio/ogg: it is no clip")
    return {"label": data.decode(), "probabilities": {data.decode(): 0.75}}

def output_fn(prediction, accept):
    return json.dumps(prediction), accept
"""
INPUTS = f"s3://{BUCKET}/raw"


@pytest.fixture
def register(aws, config):
    """Return a function that registers an archive of some code as a version."""
    make_role(config)

    def register(code=ANSWER):
        aws.store.put(BUCKET, "model.tar.gz", archive(code))
        sagemaker = course_client(config, "sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName=config.name)
        place = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
        return sagemaker.create_model_package(
            ModelPackageGroupName=config.name,
            InferenceSpecification={
                "Containers": [place], "SupportedContentTypes": ["audio/ogg"],
                "SupportedResponseMIMETypes": ["application/json"],
            },
        )["ModelPackageArn"]  # fmt: skip

    return register


def put(aws, **objects):
    for name, body in objects.items():
        aws.store.put(BUCKET, f"raw/{name}.ogg", body)


def test_all_objects_of_a_prefix_are_answered(aws, config, register):
    put(aws, a=b"robin", b=b"wren")
    done = transform(config, register(), INPUTS)
    assert done.frame.to_dict("records") == [
        {"key": "a.ogg", "label": "robin", "probability": 0.75},
        {"key": "b.ogg", "label": "wren", "probability": 0.75},
    ]
    assert done.failures.empty and done.job.status == "Completed"
    assert repr(done).startswith("<2 objects: 2 answered; by <TransformJob birds-and-bins-birds-")


def test_an_object_that_is_refused_is_listed_with_the_models_reason(aws, config, register):
    put(aws, a=b"robin", b=b"noise", c=b"wren")
    done = transform(config, register(), INPUTS, instances=2)
    assert list(done.answers) == ["a.ogg", "c.ogg"] and done.job.status == "Failed"
    reason = "Can't use this audio/ogg: it is no clip"
    assert done.failures.to_dict("records") == [{"key": "b.ogg", "reason": reason}]
    assert repr(done).startswith("<3 objects: 2 answered")


def test_a_list_of_keys_is_transformed_and_no_more(aws, config, register):
    put(aws, a=b"robin", b=b"wren", c=b"owl")
    done = transform(config, register(), INPUTS, ["a.ogg", "c.ogg"])
    assert list(done.answers) == ["a.ogg", "c.ogg"]
    with pytest.raises(ValueError, match="the list of keys is empty"):
        start(config, "package/1", INPUTS, [])


def test_an_output_that_is_gone_is_a_failure_without_a_reason(aws, config, register):
    put(aws, a=b"robin", b=b"wren")
    done = transform(config, register(), INPUTS)
    output = done.job.description["TransformOutput"]["S3OutputPath"]
    aws.store.delete(BUCKET, f"{output.removeprefix(f's3://{BUCKET}/')}/a.ogg.out")
    again = results(config, done.job.name)
    assert again.failures.to_dict("records") == [{"key": "a.ogg", "reason": NO_REASON}]


def test_a_model_that_does_not_start_raises_and_names_the_log(aws, config, register):
    put(aws, a=b"robin")
    with pytest.raises(JobFailed, match="Failed: AlgorithmError.*/aws/sagemaker/TransformJobs"):
        transform(config, register("raise OSError('no weights')"), INPUTS)


def test_a_stopped_job_raises(aws, config, register):
    put(aws, a=b"robin")
    job = start(config, register("import time\ntime.sleep(60)"), INPUTS)
    course_client(config, "sagemaker").stop_transform_job(TransformJobName=job)
    with pytest.raises(JobFailed, match="was stopped"):
        results(config, job)
