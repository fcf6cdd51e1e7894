"""Puts a REST API with its stage where they are not as ordered: a function of Lambda, boto3 alone.

`gateway.make_gateway` does it by the same code. A deployment has the checksum of its document as
its description: so what a stage serves can be told without reading the document back.
"""

import hashlib
import json
from typing import Any

import boto3


def handle(event: dict[str, str], context: Any) -> dict[str, str]:
    """Put the REST API of an order; return its `url`, and what was `done`.

    Args:
        event: the `order` of `put` as JSON, and the stage's `url` with `{api}` for the API's id.
    """
    api, done = put(boto3.client("apigateway"), json.loads(event["order"]))
    return {"url": event["url"].format(api=api), "done": done}


def put(gateway: Any, order: dict[str, Any]) -> tuple[str, str]:
    """Make what is missing of a REST API and its stage, change what differs, and leave the rest.

    Args:
        gateway: a client of API Gateway.
        order: `api`, the members of CreateRestApi; `document`, what the API does; `stage`, the
            members of CreateStage; `limits`, the stage's by their names in `methodSettings`.

    Returns:
        The API's id, and `created`, `updated` or `unchanged`.
    """
    document = json.dumps(order["document"], sort_keys=True)
    mark = f"document {hashlib.sha256(document.encode()).hexdigest()}"
    api, name = _named(gateway, order["api"]["name"]), order["stage"]["stageName"]
    done = "unchanged" if api else "created"
    api = api or gateway.create_rest_api(**order["api"])["id"]
    stages = gateway.get_stages(restApiId=api)["item"]
    stage = next((each for each in stages if each["stageName"] == name), None)
    patches = {}
    if stage is None or _mark(gateway, api, stage["deploymentId"]) != mark:
        gateway.put_rest_api(restApiId=api, mode="overwrite", body=document.encode())
        deployment = gateway.create_deployment(restApiId=api, description=mark)["id"]
        if stage is None:
            stage = gateway.create_stage(restApiId=api, deploymentId=deployment, **order["stage"])
            done = "created"
        else:
            patches["/deploymentId"] = deployment
    present = stage.get("methodSettings", {}).get("*/*", {})
    for limit, value in order["limits"].items():
        if present.get(limit) != value:
            path = limit.removeprefix("throttling")
            patches[f"/*/*/throttling/{path[0].lower()}{path[1:]}"] = value
    if patches:
        operations = [{"op": "replace", "path": p, "value": str(v)} for p, v in patches.items()]
        gateway.update_stage(restApiId=api, stageName=name, patchOperations=operations)
        done = "created" if done == "created" else "updated"
    return api, done


def _named(gateway: Any, name: str) -> str | None:
    """Return the id of the REST API with a name, or None."""
    for page in gateway.get_paginator("get_rest_apis").paginate():
        for item in page["items"]:
            if item.get("name") == name:
                return item["id"]
    return None


def _mark(gateway: Any, api: str, deployment: str) -> str | None:
    """Return the description of a stage's deployment."""
    return gateway.get_deployment(restApiId=api, deploymentId=deployment).get("description")
