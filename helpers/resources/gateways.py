"""The REST APIs, usage plans and keys of the course's gateways; their roles are IAM's.

Names are not unique in API Gateway: each is listed as `<name>/<id>`. A plan holds its stages, so
it goes before the REST API, and lets go of them first.
"""

import time
from collections.abc import Callable, Iterator

from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.resources.kind import OURS, Kind, Resource
from helpers.session import client

PAUSE, TRIES = 10.0, 6
"""AWS deletes one REST API each 30 s, and changes one usage plan each 20 s, of an account:
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""


def usage_plans(config: Config) -> Iterator[Resource]:
    """Yield the usage plans."""
    return _items(config, "get_usage_plans")


def api_keys(config: Config) -> Iterator[Resource]:
    """Yield the keys."""
    return _items(config, "get_api_keys")


def rest_apis(config: Config) -> Iterator[Resource]:
    """Yield the REST APIs."""
    return _items(config, "get_rest_apis")


def tags(config: Config, resource: Resource) -> dict[str, str]:
    """Return the tags that the list has with a resource."""
    return resource.tags


def delete_usage_plan(config: Config, name: str) -> None:
    """Take a plan's stages away, and delete it."""
    gateway, plan = client(config, "apigateway"), name.rpartition("/")[2]
    pages = gateway.get_paginator("get_usage_plans").paginate()
    stages = [
        stage
        for page in pages
        for each in page["items"]
        for stage in each["apiStages"]
        if each["id"] == plan
    ]
    patches = [
        {"op": "remove", "path": "/apiStages", "value": f"{each['apiId']}:{each['stage']}"}
        for each in stages
    ]
    if patches:
        _patiently(gateway.update_usage_plan, usagePlanId=plan, patchOperations=patches)
    gateway.delete_usage_plan(usagePlanId=plan)


def delete_api_key(config: Config, name: str) -> None:
    """Delete a key."""
    client(config, "apigateway").delete_api_key(apiKey=name.rpartition("/")[2])


def delete_rest_api(config: Config, name: str) -> None:
    """Delete a REST API with its deployments and stages."""
    delete = client(config, "apigateway").delete_rest_api
    _patiently(delete, restApiId=name.rpartition("/")[2])


def _items(config: Config, operation: str) -> Iterator[Resource]:
    for page in client(config, "apigateway").get_paginator(operation).paginate():
        for item in page["items"]:
            if (name := item.get("name", "")).startswith(OURS):
                yield Resource(f"{name}/{item['id']}", tags=item.get("tags", {}))


def _patiently(call: Callable[..., object], **request: object) -> None:
    """Send a request again while AWS has had too many of its kind."""
    for _ in range(TRIES):
        try:
            call(**request)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "TooManyRequestsException":
                raise
        time.sleep(PAUSE)
    call(**request)


SERVICE = "API Gateway"
KINDS = (
    Kind(SERVICE, "usage plan", usage_plans, tags, delete_usage_plan),
    Kind(SERVICE, "API key", api_keys, tags, delete_api_key),
    Kind(SERVICE, "REST API", rest_apis, tags, delete_rest_api, ("usage plan",)),
)
