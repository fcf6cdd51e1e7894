"""Asynchronous endpoints of tiny models: a role that may, requests, what became of them."""

import json

from local_aws.errors import AwsError
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET, JOB_ROLE

OUT, FAILURES = f"s3://{BUCKET}/answers", f"s3://{BUCKET}/failures"


def permit(aws, *actions, resource="*"):
    """Give the tests' role a policy that allows actions, in place of the one it had."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    aws.parts.call(
        "iam", "PutRolePolicy",
        {"RoleName": JOB_ROLE["RoleName"], "PolicyName": "p", "PolicyDocument": json.dumps(policy)},
    )  # fmt: skip


def config(count=1, notified=None, **client):
    """Return the AsyncInferenceConfig of the tests."""
    output = {"S3OutputPath": OUT, "S3FailurePath": FAILURES}
    if notified:
        output["NotificationConfig"] = notified
    return {"OutputConfig": output, **({"ClientConfig": client} if client else {})}


def create(hosting, data=None, count=1, notified=None, **client):
    """Make an asynchronous endpoint whose role may do all."""
    permit(hosting.aws, "s3:*", "sns:*")
    hosting.model(data=archive() if data is None else data)
    hosting.variant(
        "config", "model", count, AsyncInferenceConfig=config(notified=notified, **client)
    )
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    assert hosting.settled()["EndpointStatus"] == "InService"


def put(hosting, body=b"hello", key="input"):
    """Store an input and return its address."""
    hosting.aws.store.put(BUCKET, key, body)
    return f"s3://{BUCKET}/{key}"


def send(hosting, body=b"hello", key="input", **more):
    """Store an input, ask for its answer, and return what the endpoint said at once."""
    return hosting.runtime.invoke_endpoint_async(
        EndpointName="endpoint", InputLocation=put(hosting, body, key), ContentType="text/plain",
        **more,
    )  # fmt: skip


def stored(hosting, location):
    """Return an object's bytes; None where there is none."""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    try:
        return hosting.aws.store.read(bucket, key)
    except AwsError:
        return None


def arrived(hosting, location, seconds=30):
    """Return an object's bytes once it is there."""
    assert until(lambda: stored(hosting, location) is not None, seconds), f"no {location}"
    return stored(hosting, location)
