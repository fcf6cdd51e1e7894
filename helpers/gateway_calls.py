"""Sends requests to a gateway as its callers do: signed, or with a key; makes no gateway."""

import json
from dataclasses import dataclass
from typing import Any

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from helpers.config import Config
from helpers.gateway import TIMEOUT, Gateway
from helpers.session import boto_session

SERVICE = "execute-api"


@dataclass(frozen=True)
class Reply:
    """What a gateway answered: the model's answer, or who refused and why."""

    status: int
    content: dict[str, Any]
    kind: str
    """Its type of error; '' where the gateway itself refused nothing."""

    @property
    def refused_by(self) -> str:
        """`the gateway`, `the endpoint` or `the model`; '' for an answer."""
        if self.status < 400:
            return ""
        return f"the {self.content.get('from', 'gateway')}"


def ask_signed(config: Config, gateway: Gateway, body: bytes, content_type: str) -> Reply:
    """Send a clip or photo with the signature of this run's own credentials."""
    url, headers = f"{gateway.url}/predict", {"Content-Type": content_type}
    request = AWSRequest("POST", url, data=body, headers=headers)
    credentials = boto_session(config).get_credentials().get_frozen_credentials()
    SigV4Auth(credentials, SERVICE, config.region).add_auth(request)
    return _post(url, body, dict(request.headers))


def ask_by_key(gateway: Gateway, body: bytes, content_type: str, key: str | None) -> Reply:
    """Send a clip or photo with a key of the usage plan, or without one, as a page does."""
    headers = {"Content-Type": content_type} | ({"x-api-key": key} if key else {})
    return _post(f"{gateway.url}/try", body, headers)


def _post(url: str, body: bytes, headers: dict[str, str]) -> Reply:
    response = requests.post(url, data=body, headers=headers, timeout=TIMEOUT)
    content = json.loads(response.content)
    return Reply(response.status_code, content, response.headers.get("x-amzn-ErrorType", ""))
