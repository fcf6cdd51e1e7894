"""What SageMaker tells EventBridge of a resource: its description, under names of its own.

The forms: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
Times are milliseconds since 1970, but those of model packages ISO texts, as in the page's examples;
an endpoint's status is in capitals. Left out: an endpoint's variants, and the events of models,
endpoint configurations, model cards and deployments.
"""

import re
from datetime import datetime
from typing import Any

from local_aws.parts import Parts
from local_aws.state.collection import public

PACKAGE, ENDPOINT = "Model Package", "Endpoint"


def tell(parts: Parts, kind: str, arn: str, document: dict, late: bool = False) -> None:
    """Tell of a resource's new state.

    Args:
        kind: `Training Job`, `Endpoint`, …
        late: as in `StateChanges.tell`.
    """
    detail = {name: _plain(value, kind) for name, value in public(document).items()}
    tags = {tag["Key"]: tag["Value"] for tag in document.get("Tags") or []}
    detail |= {} if kind == PACKAGE else {"Tags": tags}
    if kind == ENDPOINT:
        status = document["EndpointStatus"]
        detail["EndpointStatus"] = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", status).upper()
    detail_type = f"SageMaker {kind} State Change"
    parts.changes.tell("aws.sagemaker", detail_type, [arn], detail, late)


def tell_endpoint(parts: Parts, document: dict) -> None:
    """Tell of an endpoint's new state, which can't be refused."""
    tell(parts, ENDPOINT, document["EndpointArn"], document, late=True)


def _plain(value: Any, kind: str) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}" if kind == PACKAGE else int(value.timestamp() * 1000)
    if isinstance(value, dict):
        return {name: _plain(inner, kind) for name, inner in value.items()}
    return [_plain(inner, kind) for inner in value] if isinstance(value, list) else value
