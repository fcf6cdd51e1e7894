"""Says whether a role may do something, by its policies; knows IAM's simulator alone.

Where the policies depend on a condition that can't be evaluated here, the role may: what is refused
is what AWS would refuse for certain.
"""

from collections.abc import Mapping

from local_aws.errors import AwsError
from local_aws.parts import Call

TO_SAGEMAKER = {"iam:PassedToService": "sagemaker.amazonaws.com"}
"""The condition key of an iam:PassRole whose role SageMaker gets."""


def check(
    call: Call, role: str | None, action: str, *resources: str,
    context: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Check that a role may do something, in one request for all that it is done to.

    Args:
        role: its ARN; None may do nothing.
        resources: the ARNs that it is done to.
        context: condition keys of the request and their values.

    Raises:
        AwsError: AccessDenied, it may not or is none; NoSuchEntity, there is no such role.
    """
    if role is None:
        raise AwsError("AccessDenied", f"The model has no ExecutionRoleArn for {action}.", 403)
    for result in denied(call, role, action, *resources, context=context):
        what = f"{action} on resource: {result['EvalResourceName']}"
        raise AwsError("AccessDenied", f"{role} is not authorized to perform: {what}", 403)


def denied(
    call: Call, role: str, action: str, *resources: str, context: Mapping[str, str] | None = None
) -> list[dict]:
    """Return what IAM's simulator denies, a result for each such resource.

    Raises:
        AwsError: NoSuchEntity, there is no such role.
    """
    request = {
        "PolicySourceArn": role, "ActionNames": [action], "ResourceArns": [*resources],
        "ContextEntries": [
            {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
            for key, value in (context or {}).items()
        ],
    }  # fmt: skip
    try:
        answer = call("iam", "SimulatePrincipalPolicy", request)
    except AwsError as error:
        if error.code == "InvalidInput":
            return []
        raise
    return [each for each in answer["EvaluationResults"] if each["EvalDecision"] != "allowed"]
