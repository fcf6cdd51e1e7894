"""IAM's answers are words that an administrator can act on; without any the course goes on."""

import json

import pytest
from botocore.exceptions import ClientError

from helpers import permissions_check
from helpers.account_settings import AccountSettings
from helpers.glue_role import permissions as glue_permissions
from helpers.permissions_check import check, check_permissions, check_role, check_user, principal
from helpers.policy_documents import policies
from helpers.role_trust import statement
from helpers.roles import TRUSTED, permissions, put_role
from helpers.session import client
from helpers.user_policy import user_permissions
from local_aws.control import Fault, set_faults
from tests.local_cloud import course_config

ACCOUNT = "0" * 12
ROLE = f"arn:aws:iam::{ACCOUNT}:role/person"
SERVICES = [
    f"{name}.amazonaws.com"
    for name in ("sagemaker", "glue", "events", "scheduler", "apigateway", "lambda")
]
DENY = {"Effect": "Deny", "Action": "sagemaker:CreateModel", "Resource": "*"}


@pytest.fixture
def needed(config):
    return user_permissions(config, ACCOUNT)


@pytest.fixture
def person(config, needed):
    """Return a function that gives a role of a person policies, all the course's or others."""
    iam = client(config, "iam")

    def give(documents=None, **more):
        iam.create_role(RoleName="person", AssumeRolePolicyDocument="{}", **more)
        for number, document in enumerate(documents or policies(needed), start=1):
            text = json.dumps(document)
            iam.put_role_policy(RoleName="person", PolicyName=f"mine-{number}", PolicyDocument=text)

    return give


def answers(config, needed):
    return dict(check(config, ROLE, needed).itertuples(index=False))


def test_the_courses_own_policy_allows_all_that_is_asked(config, needed, person):
    person()
    assert {*answers(config, needed).values()} == {"allowed"}


def test_the_caller_of_the_local_aws_is_asked_about_itself(config):
    assert {*check_user(config)["answer"]} == {"allowed"}


def test_what_is_missing_is_named_with_its_resource_and_no_account(config, needed, person):
    person(policies([each for each in needed if each.context != {"iam:PassedToService": TRUSTED}]))
    denied = {what: text for what, text in answers(config, needed).items() if text != "allowed"}
    assert denied == {
        "hand the execution role to SageMaker alone": "denied: iam:PassRole on "
        "arn:aws:iam::<account>:role/birds-and-bins-execution: no policy allows it",
        "hand the pipeline's roles to SageMaker alone": "denied: iam:PassRole on "
        "arn:aws:iam::<account>:role/birds-and-bins-pipeline*: no policy allows it",
    }


def test_a_denial_is_told_by_its_policy(config, needed, person):
    person([*policies(needed), {"Version": "2012-10-17", "Statement": [DENY]}])
    answer = answers(config, needed)["use SageMaker's models of the course"]
    for words in ("denied: sagemaker:CreateModel on ", "the policy mine-", "denies it"):
        assert words in answer


def test_a_boundary_is_told(config, needed, person):
    read = {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": read})
    iam = client(config, "iam")
    arn = iam.create_policy(PolicyName="bound", PolicyDocument=document)["Policy"]["Arn"]
    person(PermissionsBoundary=arn)
    assert "the permissions boundary does not allow it" in answers(config, needed)["ask Athena"]


def test_an_organizations_policy_is_told():
    result = {
        "EvalDecision": "implicitDeny",
        "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
    }
    assert permissions_check._why(result) == "a policy of the organization does not allow it"


def test_where_simulation_is_not_possible_it_says_so_and_goes_on(config, needed):
    ((what, answer),) = answers(config, needed).items()
    assert what == "do all that the course does"
    assert answer.startswith("not checked: IAM did not simulate it (") and "goes on" in answer


def role_of_all(config, *services):
    """Make the one role that a company has for jobs of SageMaker and of Glue; return its ARN.

    Args:
        services: that may assume it; by default all that the course uses it for.
    """
    trust = json.dumps({"Statement": [statement(each) for each in services or SERVICES]})
    client(config, "iam").create_role(RoleName=config.role, AssumeRolePolicyDocument=trust)
    spark = {f"Spark jobs {what}": pair for what, pair in glue_permissions(config).items()}
    return put_role(config, config.role, TRUSTED, permissions(config) | spark)


def test_the_answers_for_caller_and_role_stand_in_one_table(aws, config):
    assert {*check_permissions(config)["who"]} == {"you"}
    arn = role_of_all(config)
    table = check_permissions(course_config(aws, account=AccountSettings(role_arn=arn)))
    assert [*table.columns] == ["who", "must be allowed to", "answer"]
    assert {*table["who"]} == {"you", "the role"} and {*table["answer"]} == {"allowed"}


def test_a_session_is_asked_about_as_its_role_with_the_roles_path(config):
    iam = client(config, "iam")
    iam.create_role(RoleName="studio", Path="/service-role/", AssumeRolePolicyDocument="{}")
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/studio/ada"
    assert principal(config, session) == f"arn:aws:iam::{ACCOUNT}:role/service-role/studio"
    user = f"arn:aws:iam::{ACCOUNT}:user/ada"
    assert principal(config, user) == user
    with pytest.raises(ClientError, match="NoSuchEntity"):
        principal(config, session.replace("studio", "nobody"))


def test_a_role_of_the_account_is_asked_about_and_the_courses_own_is_not(aws, config):
    assert check_role(config).empty
    arn = role_of_all(config)
    company = course_config(aws, account=AccountSettings(role_arn=arn))
    assert {*check_role(company)["answer"]} == {"allowed"}
    other = course_config(aws, bucket="other", account=AccountSettings(role_arn=arn))
    denied = dict(check_role(other).itertuples(index=False))["list the course's bucket"]
    assert denied.startswith("denied: s3:ListBucket, s3:GetBucketLocation on arn:aws:s3:::other")


def test_who_may_not_assume_the_role_of_the_account_is_told_before_anything_is_made(aws, config):
    arn = role_of_all(config, *SERVICES[:2])
    company = course_config(aws, account=AccountSettings(role_arn=arn))
    table = dict(check_role(company).itertuples(index=False))
    denied = {what: answer for what, answer in table.items() if answer != "allowed"}
    assert [what.split()[3] for what in denied] == SERVICES[2:]
    for name, answer in zip(SERVICES[2:], denied.values(), strict=True):
        assert answer.startswith(f"{name} may not assume the role") and "COURSE_ROLE_ARN" in answer


def test_a_trust_that_the_caller_may_not_see_is_not_called_allowed(aws, config):
    arn = role_of_all(config)
    set_faults(aws.context, [Fault("denied", "iam", "GetRole", share=1.0)])
    table = check_role(course_config(aws, account=AccountSettings(role_arn=arn)))
    assert [*table["answer"][-5:]] == ["not checked: you may not look at the role"] * 5
