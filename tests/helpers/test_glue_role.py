"""The Spark jobs' role may do what curation needs, and no more."""

import json

import pytest

from helpers.account_settings import AccountSettings
from helpers.glue_role import ROLE, TRUSTED, make_glue_role, permissions
from helpers.roles import put_role
from helpers.session import client
from tests.company import COMPANY, KEY
from tests.local_cloud import course_config


def allowed(config, action):
    """Return the resources on which the role may take an action."""
    pairs = permissions(config).values()
    return {resource for actions, on in pairs if action in actions for resource in on}


def test_it_writes_and_deletes_curated_objects_alone(config):
    curated = {f"arn:aws:s3:::{config.bucket}-curated/curated/*"}
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"):
        assert allowed(config, action) == curated
    read = allowed(config, "s3:GetObject")
    assert f"arn:aws:s3:::{config.bucket}/raw/*" in read
    assert not [arn for arn in read if "shards" in arn or "models" in arn or arn.endswith("::*")]


def test_no_action_is_a_wildcard_and_none_touches_roles(config):
    actions = [action for actions, _ in permissions(config).values() for action in actions]
    assert not [each for each in actions if "*" in each or each.startswith(("iam:", "sts:"))]


def test_glue_alone_may_assume_it_and_making_it_again_changes_nothing(config):
    arn = make_glue_role(config)
    assert make_glue_role(config) == arn and arn.endswith(f":role/{ROLE}")
    role = client(config, "iam").get_role(RoleName=ROLE)["Role"]
    trust = json.loads(json.dumps(role["AssumeRolePolicyDocument"]))["Statement"]
    assert [each["Principal"] for each in trust] == [{"Service": "glue.amazonaws.com"}]
    assert {"Key": "course", "Value": "birds-and-bins"} in role["Tags"]


def test_a_companys_role_is_taken_as_it_is(aws, config):
    arn = put_role(config, "team-jobs", TRUSTED, permissions(config))
    company = course_config(aws, account=AccountSettings(role_arn=arn))
    assert make_glue_role(company) == arn
    iam = client(config, "iam")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=ROLE)


def test_in_a_companys_bucket_it_keeps_to_the_courses_folder_and_may_use_the_key(aws):
    account = COMPANY.__class__(bucket="data", prefix="ada", kms_key=KEY)
    config = course_config(aws, bucket="data", account=account)
    assert allowed(config, "s3:PutObject") == {"arn:aws:s3:::data/ada/birds-and-bins/curated/*"}
    assert allowed(config, "s3:ListBucket") == {"arn:aws:s3:::data"}
    assert KEY in allowed(config, "kms:GenerateDataKey")


def test_a_network_adds_what_its_interfaces_need_and_the_one_connection(aws):
    company = course_config(aws, account=AccountSettings(glue_connection="team-network"))
    (connection,) = {each for each in allowed(company, "glue:GetConnection") if "/" in each}
    assert connection.endswith(":connection/team-network")
    assert allowed(company, "ec2:CreateNetworkInterface") == {"*"}
    assert not allowed(course_config(aws), "ec2:CreateNetworkInterface")
