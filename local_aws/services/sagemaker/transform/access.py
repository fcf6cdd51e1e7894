"""Checks what a transform job's role may do in S3, by its policies; knows IAM's simulator alone.

Where they depend on a condition that can't be evaluated here, the role may: what is refused is what
AWS would refuse for certain.
"""

from collections.abc import Iterable

from local_aws.errors import AwsError
from local_aws.parts import Call

GET, PUT, LIST = "s3:GetObject", "s3:PutObject", "s3:ListBucket"


def check_access(call: Call, role: str | None, action: str, resources: Iterable[str]) -> None:
    """Check that a role may do something to all resources, in one request for all of them.

    Args:
        role: its ARN; None may do nothing.
        resources: buckets, or objects as `bucket/key`.

    Raises:
        AwsError: AccessDenied, it may not, or is none; NoSuchEntity, there is no such role.
    """
    arns = [f"arn:aws:s3:::{resource}" for resource in resources]
    if role is None:
        raise _denied("A model without ExecutionRoleArn", action, arns[0])
    request = {"PolicySourceArn": role, "ActionNames": [action], "ResourceArns": arns}
    try:
        results = call("iam", "SimulatePrincipalPolicy", request)["EvaluationResults"]
    except AwsError as error:
        if error.code == "InvalidInput":
            return
        raise
    for result in results:
        if result["EvalDecision"] != "allowed":
            raise _denied(role, action, result["EvalResourceName"])


def _denied(who: str, action: str, arn: str) -> AwsError:
    return AwsError(
        "AccessDenied", f"{who} is not authorized to perform: {action} on resource: {arn}", 403
    )
