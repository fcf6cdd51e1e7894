"""Says whether a role may do something, by its policies; knows IAM's simulator alone.

Where the policies depend on a condition that can't be evaluated here, the role may: what is refused
is what AWS would refuse for certain.
"""

from local_aws.errors import AwsError
from local_aws.parts import Call


def check(call: Call, role: str | None, action: str, resource: str) -> None:
    """Check that a role may do something.

    Args:
        role: its ARN; None may do nothing.
        resource: the ARN that it is done to.

    Raises:
        AwsError: AccessDenied, it may not or is none; NoSuchEntity, there is no such role.
    """
    if role is None:
        raise AwsError("AccessDenied", f"The model has no ExecutionRoleArn for {action}.", 403)
    request = {
        "PolicySourceArn": role, "ActionNames": [action], "ResourceArns": [resource],
    }  # fmt: skip
    try:
        answer = call("iam", "SimulatePrincipalPolicy", request)
    except AwsError as error:
        if error.code == "InvalidInput":
            return
        raise
    if answer["EvaluationResults"][0]["EvalDecision"] != "allowed":
        message = f"{role} is not authorized to perform: {action} on resource: {resource}"
        raise AwsError("AccessDenied", message, 403)
