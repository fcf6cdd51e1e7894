"""A step is tried again after the errors that a policy names, as often and as long as it says."""

from datetime import UTC, datetime, timedelta

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.pipelines.retries import (
    FAULT,
    INTERNAL,
    LIMIT,
    THROTTLING,
    check,
    due,
    of_error,
    of_reason,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = {"ExceptionType": [LIMIT], "IntervalSeconds": 2, "BackoffRate": 3.0}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AwsError("ThrottlingException", "", 429), THROTTLING),
        (AwsError("InternalFailure", "", 500), FAULT),
        (AwsError("ResourceLimitExceeded", ""), LIMIT),
        (AwsError("ValidationException", ""), None),
    ],
)
def test_an_error_has_a_type(error, kind):
    assert of_error(error) == kind


def test_a_reason_has_a_type():
    assert of_reason("InternalServerError: the server") == INTERNAL
    assert of_reason("AlgorithmError: x") is None


@pytest.mark.parametrize(("tries", "seconds"), [(0, 2), (1, 6), (2, None)])
def test_pauses_grow_until_the_attempts_are_used_up(tries, seconds):
    at = due([{**POLICY, "MaxAttempts": 2}], LIMIT, tries, NOW, NOW)
    assert at == (NOW + timedelta(seconds=seconds) if seconds else None)


def test_no_attempt_begins_after_the_policy_expires():
    policies, late = [{**POLICY, "ExpireAfterMin": 1}], NOW + timedelta(seconds=59)
    assert due(policies, LIMIT, 0, NOW, NOW) and due(policies, LIMIT, 0, NOW, late) is None


def test_without_a_policy_only_faults_and_throttling_are_tried_again():
    assert due([], FAULT, 0, NOW, NOW) and due([], THROTTLING, 0, NOW, NOW)
    assert due([], LIMIT, 0, NOW, NOW) is None and due([], None, 0, NOW, NOW) is None


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"ExceptionType": ["Other"], "MaxAttempts": 1}, "must be some of"),
        ({"ExceptionType": [FAULT]}, "either MaxAttempts or ExpireAfterMin"),
    ],
)
def test_a_wrong_policy_is_told(policy, words):
    assert words in check([policy], "train")
    assert check([{"ExceptionType": [FAULT], "MaxAttempts": 1}], "train") is None
