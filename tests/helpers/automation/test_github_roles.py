"""GitHub's roles may do what their command asks for, each action is needed, and no more is done."""

import json
import re

import pytest
from boto3.exceptions import S3UploadFailedError

from helpers.automation import github_roles
from helpers.automation.pipeline import put_pipeline
from helpers.automation.pipeline_roles import make_roles
from helpers.automation.plan import plan
from helpers.container_images import processing_image
from helpers.feature_groups import describe, make_group
from helpers.policy_documents import policies
from helpers.roles import make_role
from tests.helpers.automation.allowed import needless, requests

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself
ALWAYS = {"sagemaker:ListTags", "lambda:TagResource", "sagemaker:AddTags"}


@pytest.fixture
def enforce(aws, config, monkeypatch):
    """Return a function by which the caller has one role's permissions, and no others."""
    make_role(config)
    processing_image(config)  # as 04 leaves it
    make_group(config)

    def enforce(command: str) -> list[dict]:
        documents = policies(github_roles.PERMISSIONS[command](config))
        monkeypatch.setattr(aws.parts, "policies", documents)
        return documents[0]["Statement"]

    return enforce


def test_a_pull_requests_role_plans_and_puts_nothing(aws, config, enforce):
    roles = make_roles(config)
    statements = enforce("plan")
    describe(config)
    assert "Would be created" in plan(config, roles)
    asked = requests(aws)
    assert needless(statements, asked) <= {"iam:GetRole"}
    with pytest.raises(S3UploadFailedError, match="not authorized"):
        put_pipeline(config, roles)


def test_mains_role_creates_and_updates(aws, config, enforce):
    roles = make_roles(config)
    statements = enforce("put")
    describe(config)
    put_pipeline(config, roles)
    put_pipeline(config, roles)
    assert needless(statements, requests(aws)) <= {"iam:GetRole", *ALWAYS}


def test_a_pull_requests_role_only_reads(config):
    actions = {action for each in github_roles.plan_permissions(config) for action in each.actions}
    assert all(re.match(r"\w+:(Describe|Get|List)", action) for action in actions)


@pytest.mark.parametrize("command", github_roles.PERMISSIONS)
def test_one_repositorys_jobs_of_one_kind_may_assume_a_role(command):
    (statement,) = github_roles.trust(command, "1" * 12, "me/mine")["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    subject = statement["Condition"]["StringEquals"][f"{github_roles.PROVIDER}:sub"]
    assert subject == f"repo:me/mine:{github_roles.SUBJECTS[command]}"
    assert "*" not in json.dumps(statement)
