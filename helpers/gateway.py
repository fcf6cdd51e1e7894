"""Makes a REST API in front of an endpoint, with a page, a usage plan and a key; sends it nothing.

One call makes all of it or brings it up to date. The API is one OpenAPI document
(`gateway_document`); plan, key, stage and role are found by their names.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from helpers import gateway_function
from helpers.config import Config
from helpers.datasets import load_dataset
from helpers.gateway_document import ASSUMED_BY, LONGEST_MS, STAGE, Door, document
from helpers.request_fields import prescribed_by
from helpers.role_trust import companys_role
from helpers.roles import Permissions, put_role
from helpers.session import client, invoke_url
from helpers.waiting import until

PATIENCE = 60.0
"""Seconds after which a page that is not served is an error."""
TIMEOUT = 35.0
"""Seconds that a caller waits: somewhat longer than API Gateway itself."""


@dataclass(frozen=True)
class Limits:
    """How much is let through: tokens a second, tokens saved up, and requests a day.

    Attributes:
        rate: of the page's key; `burst` and `per_day` too.
        all_rate: of each method, whoever calls; `all_burst` too.
    """

    rate: float = 5.0
    burst: int = 10
    per_day: int = 500
    all_rate: float = 20.0
    all_burst: int = 40


@dataclass(frozen=True)
class Gateway:
    """A REST API that is served: where it is, and its key and plan."""

    api: str
    url: str
    plan: str
    key: str
    """The key's id, which opens nothing; `key_value` has the key."""

    @property
    def page(self) -> str:
        """The page's address."""
        return f"{self.url}/"

    def __repr__(self) -> str:
        return f"<Gateway: POST {self.url}/predict signed, /try with a key, GET {self.page}>"


def make_gateway(
    config: Config,
    endpoint: str,
    page: str | bytes,
    limits: Limits = Limits(),
    timeout_ms: int = LONGEST_MS,
) -> Gateway:
    """Make the REST API of an endpoint, or bring it up to date, and wait until it serves its page.

    Args:
        page: the HTML that everybody gets at `GET /`, the only object that anybody gets.
        timeout_ms: how long a caller waits for the model, 50 to 29,000.
    """
    client(config, "s3").put_object(
        Bucket=config.bucket,
        Key=page_key(config),
        Body=page,
        ContentType="text/html; charset=utf-8",
    )
    order = gateway_order(config, endpoint, make_door_role(config, endpoint), limits, timeout_ms)
    api, _ = gateway_function.put(client(config, "apigateway"), order)
    plan = _plan(config, api, limits)
    key_id, is_new = _key(config, plan)
    gateway = Gateway(api, invoke_url(config, api, STAGE), plan, key_id)
    _wait_for(config, gateway, key_value(config, gateway) if is_new else None)
    return gateway


def gateway_order(
    config: Config,
    endpoint: str,
    role: str,
    limits: Limits = Limits(),
    timeout_ms: int = LONGEST_MS,
) -> dict[str, Any]:
    """Return what `gateway_function` puts: the REST API, its document, its stage and its limits.

    Args:
        role: ARN of the role as which the REST API asks.
    """
    door = Door(
        gateway_name(config), config.region, endpoint, config.bucket, page_key(config), role,
        load_dataset(config.dataset).content_types, timeout_ms=timeout_ms,
    )  # fmt: skip
    api = {"name": door.name, "endpointConfiguration": {"types": ["REGIONAL"]}}
    made = {"CreateRestApi": api, "CreateStage": {"stageName": STAGE}}
    api, stage = (
        prescribed_by(config.account, "apigateway", operation, members)
        for operation, members in made.items()
    )
    throttles = {
        "throttlingRateLimit": limits.all_rate,
        "throttlingBurstLimit": limits.all_burst,
    }
    return {"api": api, "document": document(door), "stage": stage, "limits": throttles}


def gateway_name(config: Config) -> str:
    """Return the name of the data set's REST API, plan, key and role."""
    return f"{config.name}-gateway"


def page_key(config: Config) -> str:
    """Return the key of the page in the course's bucket."""
    return config.key("page", "index.html")


def key_value(config: Config, gateway: Gateway) -> str:
    """Return the key of a gateway's usage plan, a secret that callers send."""
    keys = client(config, "apigateway").get_paginator("get_usage_plan_keys")
    for page in keys.paginate(usagePlanId=gateway.plan):
        for key in page["items"]:
            if key["id"] == gateway.key:
                return key["value"]
    raise LookupError(f"The plan has no key {gateway.key}: call `make_gateway` again")


def used_today(config: Config, gateway: Gateway) -> tuple[int, int]:
    """Return how many requests the key has sent today (of UTC), and how many are left.

    AWS counts them after some minutes.
    """
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    usage = client(config, "apigateway").get_usage(
        usagePlanId=gateway.plan, startDate=day, endDate=day
    )
    used, left = usage.get("items", {}).get(gateway.key, [[0, 0]])[0]
    return used, left


def gateway_permissions(config: Config, endpoint: str, key: str) -> Permissions:
    """Return what the gateway's role may do."""
    statements = {
        "ask one endpoint": (
            ["sagemaker:InvokeEndpoint"],
            [f"arn:aws:sagemaker:{config.region}:*:endpoint/{endpoint.lower()}"],
        ),
        "read one page": (["s3:GetObject"], [f"arn:aws:s3:::{config.bucket}/{key}"]),
    }
    if config.account.kms_key:
        statements["decrypt the page"] = (["kms:Decrypt"], [config.account.kms_key])
    return statements


def make_door_role(config: Config, endpoint: str) -> str:
    """Make the role as which the REST API asks, or renew its permissions; return its ARN."""
    if arn := companys_role(config, ASSUMED_BY):
        return arn
    statements = gateway_permissions(config, endpoint, page_key(config))
    return put_role(config, gateway_name(config), ASSUMED_BY, statements)


def _plan(config: Config, api: str, limits: Limits) -> str:
    """Make the usage plan, or change what is different; return its id.

    AWS allows one UpdateUsagePlan each 20 s: none is sent where nothing is different.
    """
    gateway, name = client(config, "apigateway"), gateway_name(config)
    stage = {"apiId": api, "stage": STAGE}
    throttle = {"rateLimit": limits.rate, "burstLimit": limits.burst}
    if (plan := _named(config, "get_usage_plans", name)) is None:
        quota = {"limit": limits.per_day, "period": "DAY"}
        plan = gateway.create_usage_plan(
            name=name, apiStages=[stage], throttle=throttle, quota=quota
        )
    wanted = {
        "/throttle/rateLimit": limits.rate,
        "/throttle/burstLimit": limits.burst,
        "/quota/limit": limits.per_day,
    }
    present = {
        **{f"/throttle/{name}": value for name, value in plan.get("throttle", {}).items()},
        "/quota/limit": plan.get("quota", {}).get("limit"),
    }
    changes = _replaced({path: value for path, value in wanted.items() if present[path] != value})
    stages = [{"apiId": each["apiId"], "stage": each["stage"]} for each in plan["apiStages"]]
    if stage not in stages:
        changes.append({"op": "add", "path": "/apiStages", "value": f"{api}:{STAGE}"})
    if changes:
        gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=changes)
    return plan["id"]


def _key(config: Config, plan: str) -> tuple[str, bool]:
    """Make the plan's key if there is none; return its id and whether it is new."""
    gateway, name = client(config, "apigateway"), gateway_name(config)
    if is_new := (key := _named(config, "get_api_keys", name)) is None:
        key = gateway.create_api_key(name=name, enabled=True)
    keys = gateway.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan)
    if key["id"] not in [each["id"] for page in keys for each in page["items"]]:
        gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    return key["id"], is_new


def _named(config: Config, operation: str, name: str) -> dict | None:
    """Return the item of a list with a name, or None."""
    for page in client(config, "apigateway").get_paginator(operation).paginate():
        for item in page["items"]:
            if item.get("name") == name:
                return item
    return None


def _replaced(values: dict[str, float | str]) -> list[dict[str, str]]:
    return [{"op": "replace", "path": path, "value": str(value)} for path, value in values.items()]


def _wait_for(config: Config, gateway: Gateway, key: str | None) -> None:
    """Wait until role, stage and a new key are seen everywhere: AWS takes some seconds.

    A new key is tried with an empty body, which counts as one of its requests.

    Raises:
        RuntimeError: the page is not served after a minute.
    """
    end = time.monotonic() + PATIENCE

    def read() -> dict[str, int]:
        answer = {"page": requests.get(gateway.page, timeout=TIMEOUT).status_code}
        if key:
            headers = {"x-api-key": key, "Content-Type": "application/octet-stream"}
            tried = requests.post(f"{gateway.url}/try", b"", headers=headers, timeout=TIMEOUT)
            answer["key"] = tried.status_code
        return answer

    def is_seen(answer: dict[str, int]) -> bool:
        return answer["page"] == 200 and answer.get("key") != 403

    last = until(
        read, lambda answer: is_seen(answer) or time.monotonic() > end, name=gateway_name(config),
        words=str, pause=config.poll_seconds,
    )  # fmt: skip
    if not is_seen(last):
        raise RuntimeError(
            f"{gateway.page} answers {last['page']}: see that the gateway's role may read the "
            "page, and that its permissions boundary and the bucket's policy allow it too"
        )
