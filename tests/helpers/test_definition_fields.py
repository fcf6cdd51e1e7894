"""The steps of a pipeline get what an account prescribes, as if a client sent their requests."""

import json
from functools import partial

from helpers.account_settings import AccountSettings
from helpers.course_tag import TAG
from helpers.definition_fields import fill_steps
from helpers.request_fields import prescribed_by

JOB = {"ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large"}}}
TYPE = {"Get": "Parameters.InstanceType"}
TRAINING = {"ResourceConfig": {"InstanceType": TYPE, "InstanceCount": 1}}


def steps(*listed: dict) -> str:
    return json.dumps({"Version": "2020-12-01", "Steps": [*listed]})


def filled(account: AccountSettings, *listed: dict) -> list[dict]:
    fill = partial(prescribed_by, account, "sagemaker")
    return json.loads(fill_steps(steps(*listed), fill))["Steps"]


def test_each_job_has_the_tag_those_of_branches_too():
    step = {"Name": "A", "Type": "Processing", "Arguments": JOB}
    test = {"Name": "B", "Type": "Condition", "Arguments": {"Conditions": [], "IfSteps": [step]}}
    first, second = filled(AccountSettings(), step, test)
    assert first["Arguments"] == {**JOB, "Tags": [TAG]}
    [inner] = second["Arguments"]["IfSteps"]
    assert inner["Arguments"]["Tags"] == [TAG]


def test_an_accounts_key_reaches_a_step_whose_instance_type_is_a_parameter():
    account = AccountSettings(kms_key="arn:aws:kms:us-east-1:000000000000:key/k")
    step = {"Name": "A", "Type": "Training", "Arguments": TRAINING}
    [found] = filled(account, step)
    assert found["Arguments"]["ResourceConfig"]["VolumeKmsKeyId"] == account.kms_key


def test_a_version_in_a_group_has_no_tags_of_its_own():
    step = {"Name": "A", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": "g"}}
    assert filled(AccountSettings(), step) == [step]


def test_what_is_no_definition_stays_for_aws_to_refuse():
    for text in ("no JSON", "[]"):
        assert fill_steps(text, lambda operation, request: {}) == text
