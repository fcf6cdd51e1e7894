"""A step's name is the same after a restart; its request is checked as a client's."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.pipelines.steps.kind import send, unique_name
from tests.local_aws.services.sagemaker.jobs.requests import training


def test_a_name_belongs_to_one_attempt_of_a_step():
    name = unique_name("abcdefghijkl", "train_all", 1, None, 63)
    assert name.startswith("pipelines-abcdefghijkl-train-all-") and len(name) <= 63
    assert name == unique_name("abcdefghijkl", "train_all", 1, None, 63)
    assert name != unique_name("abcdefghijkl", "train_all", 2, None, 63)
    assert len(unique_name("abcdefghijkl", "x" * 64, 1, None, 63)) == 63
    short = unique_name("abcdefghijkl", "tune-the-model", 1, None, 32)
    assert short.startswith("abcdefghijkl-tune-the-") and len(short) <= 32


def test_a_name_may_have_a_prefix_of_its_own():
    name = unique_name("abcdefghijkl", "train", 1, "birds-", 63)
    assert name.startswith("birds-abcdefghijkl-")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"EnableNetworkIsolation": True}, "does not support CreateTrainingJob with EnableNetwork"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "greater than or equal to 1"),
        ({"RoleArn": "arn:aws:iam::000000000000:role/none"}, "Could not assume role"),
    ],
)
def test_a_request_is_checked_as_a_clients(aws, more, words):
    with pytest.raises(AwsError, match=words):
        send(aws.parts, "CreateTrainingJob", {**training("job", "print(1)"), **more})
