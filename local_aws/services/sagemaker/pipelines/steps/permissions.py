"""Refuses a step that the pipeline's role may not start, in AWS's words; knows no kind of step.

The role needs the step's own action, and iam:PassRole for each role that the step hands on:
https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html
Left out: sagemaker:AddTags, what AWS does while the step runs (Describe, Stop), conditions that
can't be evaluated here, which count as met.
"""

import re

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.role_permissions import TO_SAGEMAKER, denied

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
WHY = {
    "implicitDeny": "because no identity-based policy allows the {action} action",
    "explicitDeny": "with an explicit deny in an identity-based policy",
}


def check_step(parts: Parts, record: dict, action: str, resource: str, *passed: str) -> None:
    """Check that the role of a step's execution may start it.

    Args:
        record: the step's record.
        resource: the ARN that the action is done to.
        passed: the roles that are handed on.

    Raises:
        AwsError: AccessDeniedException.
    """
    for context, name, *resources in (
        ({}, action, resource),
        (TO_SAGEMAKER, "iam:PassRole", *passed),
    ):
        if not resources:
            continue
        for result in denied(parts.call, record["_role"], name, *resources, context=context):
            why = WHY[result["EvalDecision"]].format(action=name)
            words = f"{_session(parts, record)} is not authorized to perform: {name}"
            words = f"User: {words} on resource: {result['EvalResourceName']} {why}"
            raise AwsError("AccessDeniedException", words)


def _session(parts: Parts, record: dict) -> str:
    """Return the ARN of the role's session for a step."""
    role, id_ = record["_role"].rpartition("/")[2], record["_key"].partition("/")[2]
    account = parts.context.account
    session = f"sagemaker-pipeline-{id_}-{record['StepName']}"[:64]
    return f"arn:aws:sts::{account}:assumed-role/{role}/{session}"


def resource_name(operation: str, named: str, request: dict) -> str:
    """Return how IAM names what an operation of SageMaker makes: `training-job/name`.

    Args:
        named: the member of the request that names it.
    """
    noun = operation.removeprefix("Create").removeprefix("Update")
    name = request.get(named)
    if name is None and (group := request.get("ModelPackageGroupName")):
        name = f"{group.rpartition('/')[2]}/*"
    return f"{_WORD.sub('-', noun).lower()}/{name}"
