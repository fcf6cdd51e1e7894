"""The retry policies of a step: which errors are tried again, and after how long; runs nothing.

https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html
Without a policy for them, faults of a service and throttling are tried again too, as on AWS, which
publishes no number: here it is `DEFAULT`'s.
"""

from datetime import datetime, timedelta

from local_aws.errors import AwsError

FAULT, THROTTLING = "Step.SERVICE_FAULT", "Step.THROTTLING"
INTERNAL, CAPACITY = "SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR"
LIMIT = "SageMaker.RESOURCE_LIMIT"
TYPES = (FAULT, THROTTLING, INTERNAL, CAPACITY, LIMIT)
DEFAULT = {"ExceptionType": [FAULT, THROTTLING], "MaxAttempts": 3}


def of_error(error: AwsError) -> str | None:
    """Return the exception type of the error of a call."""
    if error.status >= 500:
        return FAULT
    if "Throttl" in error.code:
        return THROTTLING
    return LIMIT if error.code == "ResourceLimitExceeded" else None


def of_reason(reason: str) -> str | None:
    """Return the exception type of a job's FailureReason."""
    kinds = {"InternalServerError": INTERNAL, "CapacityError": CAPACITY}
    return next((kind for words, kind in kinds.items() if reason.startswith(words)), None)


def check(policies: list[dict], step: str) -> str | None:
    """Return what is wrong with a step's policies, or None."""
    for policy in policies:
        kinds = policy.get("ExceptionType") or []
        if not kinds or not {*kinds} <= {*TYPES}:
            return f"RetryPolicies of step {step}: ExceptionType must be some of {', '.join(TYPES)}"
        if ("MaxAttempts" in policy) == ("ExpireAfterMin" in policy):
            return f"RetryPolicies of step {step}: give either MaxAttempts or ExpireAfterMin"
    return None


def due(
    policies: list[dict], kind: str | None, tries: int, since: datetime, now: datetime
) -> datetime | None:
    """Return when to try again after an error; None where it is not tried again.

    Args:
        tries: how often it was tried again after this type of error.
        since: the start of the first attempt.
    """
    for policy in [*policies, DEFAULT]:
        if kind not in policy["ExceptionType"]:
            continue
        pause = policy.get("IntervalSeconds", 1) * policy.get("BackoffRate", 2.0) ** tries
        at = now + timedelta(seconds=pause)
        if "ExpireAfterMin" in policy:
            is_over = at > since + timedelta(minutes=policy["ExpireAfterMin"])
        else:
            is_over = tries >= policy["MaxAttempts"]
        return None if is_over else at
    return None
