"""A topic hears of a request's end, with the response only where that is wanted and small."""

import base64
import json
from datetime import UTC, datetime

import pytest

from local_aws.services.sagemaker.hosting.async_notices import MOST_BYTES, message, topic_of
from local_aws.services.sagemaker.hosting.http_client import Answer

CONFIG = {
    "SuccessTopic": "arn:good",
    "ErrorTopic": "arn:bad",
    "IncludeInferenceResponseIn": ["ERROR_NOTIFICATION_TOPIC"],
}
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
REQUEST = {
    "EndpointName": "birds", "InferenceId": "i", "Received": NOW, "Output": "s3://b/o",
    "Failure": None, "Input": None, "Headers": {"Content-Type": "audio/ogg"},
}  # fmt: skip


def test_success_and_failure_have_topics_of_their_own():
    assert topic_of(CONFIG, None) == ("arn:good", False)
    assert topic_of(CONFIG, "a reason") == ("arn:bad", True)
    assert topic_of({}, None) == (None, False)


@pytest.mark.parametrize("size, wanted, included", [(3, True, True), (3, False, False),
                                                    (MOST_BYTES + 1, True, False)])  # fmt: skip
def test_a_response_travels_along_where_it_is_wanted_and_small(size, wanted, included):
    answer = Answer(200, "application/json", b"x" * size)
    text = json.loads(message("us-east-1", NOW, REQUEST, None, answer, wanted))
    assert ("responseBody" in text) == included
    if included:
        assert base64.b64decode(text["responseBody"]["content"]) == answer.body


def test_a_failure_without_a_place_has_its_reason_alone():
    text = json.loads(message("us-east-1", NOW, REQUEST, "It expired.", None, True))
    assert text["failureReason"] == "It expired." and "responseParameters" not in text
    assert text["eventTime"] == "2026-11-26T08:00:00.000Z"
