"""What an asynchronous endpoint tells its SNS topics of a request; knows the form, sends nothing.

The form, as users have recorded it: awsRegion, eventTime, receivedTime, invocationStatus,
requestParameters, responseParameters, inferenceId, eventVersion, eventSource, eventName.
https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html
No recorded message with IncludeInferenceResponseIn was found: `responseBody` is our reading.
"""

import base64
import json
from datetime import datetime

from local_aws.services.sagemaker.hosting.http_client import Answer

MOST_BYTES = 128_000
"""Of a response that travels in a message: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceNotificationConfig.html"""
INCLUDED = {"SuccessTopic": "SUCCESS_NOTIFICATION_TOPIC", "ErrorTopic": "ERROR_NOTIFICATION_TOPIC"}


def topic_of(config: dict, reason: str | None) -> tuple[str | None, bool]:
    """Return the topic that hears of a request, and whether it gets the response too.

    Args:
        config: the NotificationConfig.
        reason: of the request's failure.
    """
    member = "ErrorTopic" if reason is not None else "SuccessTopic"
    included = config.get("IncludeInferenceResponseIn", [])
    return config.get(member), INCLUDED[member] in included


def message(
    region: str, now: datetime, request: dict, reason: str | None, answer: Answer | None,
    with_body: bool,
) -> str:  # fmt: skip
    """Return the message of one request's end.

    Args:
        request: its document.
        reason: of its failure.
        answer: what the model answered.
        with_body: whether the answer travels along.
    """
    headers = request["Headers"]
    asked = {
        "accept": headers.get("Accept"),
        "contentType": headers["Content-Type"],
        "customAttributes": request.get("CustomAttributes"),
        "endpointName": request["EndpointName"],
        "inputLocation": request.get("Input"),
    }
    place = "outputLocation" if reason is None else "failureLocation"
    answered = {
        "contentType": answer.content_type if answer else None,
        place: request["Output" if reason is None else "Failure"],
    }
    body = None
    if with_body and answer and len(answer.body) <= MOST_BYTES:
        content = base64.b64encode(answer.body).decode()
        body = {"content": content, "encoding": "BASE64"}
    return json.dumps(
        _stated(
            {
                "awsRegion": region,
                "eventTime": stamp(now),
                "receivedTime": stamp(request["Received"]),
                "invocationStatus": "Completed" if reason is None else "Failed",
                "failureReason": reason,
                "requestParameters": _stated(asked),
                "responseParameters": _stated(answered) or None,
                "responseBody": body,
                "inferenceId": request["InferenceId"],
                "eventVersion": "1.0",
                "eventSource": "aws:sagemaker",
                "eventName": "InferenceResult",
            }
        )
    )


def _stated(members: dict) -> dict:
    return {name: value for name, value in members.items() if value is not None}


def stamp(time: datetime) -> str:
    """Return a time as the messages have it."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"
