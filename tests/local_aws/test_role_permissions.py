"""A role may what its policies allow for certain, or leave open for want of a condition."""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.role_permissions import check
from tests.local_aws.services.sagemaker.hosting.queues import permit
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import JOB_ROLE

OBJECT = "arn:aws:s3:::birds/clip"


def test_a_role_may_what_its_policy_allows_and_nothing_else(aws):
    permit(aws, "s3:GetObject", resource="arn:aws:s3:::birds/*")
    check(aws.parts.call, ROLE, "s3:GetObject", OBJECT)
    for action, resource in (("s3:PutObject", OBJECT), ("s3:GetObject", "arn:aws:s3:::bins/x")):
        with pytest.raises(AwsError, match=f"not authorized to perform: {action}"):
            check(aws.parts.call, ROLE, action, resource)


def test_the_one_resource_of_several_that_a_role_may_not_use_is_named(aws):
    permit(aws, "s3:GetObject", resource="arn:aws:s3:::birds/*")
    check(aws.parts.call, ROLE, "s3:GetObject", OBJECT, "arn:aws:s3:::birds/other")
    with pytest.raises(AwsError, match="on resource: arn:aws:s3:::bins/x$"):
        check(aws.parts.call, ROLE, "s3:GetObject", OBJECT, "arn:aws:s3:::bins/x")


@pytest.mark.parametrize("role", [None, ROLE.replace("course", "nobody")])
def test_no_role_may_nothing(aws, role):
    with pytest.raises(AwsError):
        check(aws.parts.call, role, "s3:GetObject", OBJECT)


def test_a_condition_that_is_not_evaluated_is_taken_as_met(aws):
    condition = {"StringEquals": {"aws:ResourceAccount": "000000000000"}}
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = JOB_ROLE["RoleName"]
    request = {"RoleName": name, "PolicyName": "p", "PolicyDocument": policy}
    aws.parts.call("iam", "PutRolePolicy", request)
    check(aws.parts.call, ROLE, "s3:GetObject", OBJECT)
