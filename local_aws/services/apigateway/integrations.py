"""Asks what stands behind a method: an endpoint or one object, as the method's role; or a mock.

Knows InvokeEndpoint and GetObject; no caller and no gateway response. An error of the service is an
answer like any other: its status chooses the integration response.
"""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local_aws import role_permissions
from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.role_trust import is_assumable
from local_aws.services.apigateway import templates
from local_aws.services.apigateway.openapi import JSON, Integration
from local_aws.services.apigateway.refusals import Refused
from local_aws.wire.errors import word
from local_aws.wire.validation import check_request

log = logging.getLogger(__name__)
SERVICE = "apigateway.amazonaws.com"
SEEN_AFTER = timedelta(seconds=1)
"""After which a role's change is seen; on AWS it takes longer. To ask IAM takes milliseconds."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """Status, headers by lower-case name, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Integrations:
    """Executes integrations. Whatever a method maps is all that reaches a service."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._allowed: dict[tuple[str, str, str], datetime] = {}
        """Until when what a role may do is not asked again."""

    def ask(self, integration: Integration, headers: dict[str, str], body: bytes) -> Answer:
        """Return what an integration answers.

        Args:
            headers: those that the method maps to the integration.

        Raises:
            Refused: API_CONFIGURATION_ERROR, its role can't be assumed.
        """
        if integration.request_template is not None:
            text, _ = templates.render(integration.request_template, body.decode(errors="replace"))
            return Answer(json.loads(text)["statusCode"], {}, b"")
        try:
            if integration.endpoint:
                return self._endpoint(integration, headers, body)
            return self._object(integration)
        except AwsError as error:
            named, text = word(error, "rest-json", str(uuid.uuid4()))
            return Answer(error.status, {name.lower(): value for name, value in named}, text)

    def _endpoint(self, integration: Integration, headers: dict[str, str], body: bytes) -> Answer:
        name = integration.endpoint
        arn = self._parts.context.arn("sagemaker", f"endpoint/{name.lower()}")
        self._check(integration.role, "sagemaker:InvokeEndpoint", arn)
        # API Gateway asks for JSON where a method maps no Accept.
        request = {"EndpointName": name, "Body": body, "Accept": JSON}
        if kind := headers.get("Content-Type"):
            request["ContentType"] = kind
        check_request("sagemaker-runtime", "InvokeEndpoint", request)
        reply = self._parts.call("sagemaker-runtime", "InvokeEndpoint", request)
        return Answer(200, {"content-type": reply["ContentType"]}, reply["Body"])

    def _object(self, integration: Integration) -> Answer:
        bucket, key = integration.bucket, integration.key
        self._check(integration.role, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        kind = self._parts.store.info(bucket, key).content_type
        return Answer(200, {"content-type": kind}, self._parts.store.read(bucket, key))

    def _check(self, arn: str, action: str, resource: str) -> None:
        """Refuse what a role may not do, as the service would.

        Raises:
            Refused: it can't be assumed.
            AwsError: AccessDenied, it may not.
        """
        if self._parts.clock.now() < self._allowed.get((arn, action, resource), LONG_AGO):
            return
        if not is_assumable(self._parts, arn, SERVICE):
            log.warning("%s can't be assumed by %s", arn, SERVICE)
            raise Refused("API_CONFIGURATION_ERROR", "Internal server error")
        role_permissions.check(self._parts.call, arn, action, resource)
        self._allowed[arn, action, resource] = self._parts.clock.now() + SEEN_AFTER
