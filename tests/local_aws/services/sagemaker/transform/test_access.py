"""A job reads and writes what its model's role may, and nothing else."""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.transform.access import GET, check_access
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_aws.services.sagemaker.transform.jobs import ECHO, permit
from tests.local_cloud import BUCKET, JOB_ROLE

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


@pytest.mark.parametrize("role", [None, ROLE.replace("course", "nobody")])
def test_no_role_may_nothing(aws, role):
    with pytest.raises(AwsError):
        check_access(aws.parts.call, role, GET, ["birds/clip"])


def test_a_condition_that_is_not_evaluated_is_taken_as_met(aws):
    condition = {"StringEquals": {"aws:ResourceAccount": "000000000000"}}
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    request = {"RoleName": JOB_ROLE["RoleName"], "PolicyName": "p", "PolicyDocument": policy}
    aws.parts.call("iam", "PutRolePolicy", request)
    check_access(aws.parts.call, ROLE, GET, ["birds/clip"])
