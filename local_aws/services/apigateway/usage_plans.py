"""Usage plans and API keys, and how often a key was used; answers no caller.

Contract: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

import re
import secrets
from datetime import datetime, timedelta

from local_aws.parts import Engine, Parts
from local_aws.services.apigateway.refusals import invalid, not_done, not_found
from local_aws.services.apigateway.rest_apis import RestApis, new_id, number, page
from local_aws.state.collection import Collection, public

OPERATIONS = {
    "apigateway": {
        "CreateApiKey": "name description enabled value tags",
        "GetApiKeys": "nameQuery includeValues limit position",
        "DeleteApiKey": "apiKey",
        "CreateUsagePlan": """name description apiStages(apiId stage) throttle(*)
            quota(limit period=DAY) tags""",
        "GetUsagePlans": "limit position",
        "UpdateUsagePlan": "usagePlanId patchOperations(op path value)",
        "DeleteUsagePlan": "usagePlanId",
        "CreateUsagePlanKey": "usagePlanId keyId keyType=API_KEY",
        "GetUsagePlanKeys": "usagePlanId limit position",
        "GetUsage": "usagePlanId startDate endDate",
    }
}
_NUMBERS = {
    "/throttle/rateLimit": ("throttle", "rateLimit", float),
    "/throttle/burstLimit": ("throttle", "burstLimit", int),
    "/quota/limit": ("quota", "limit", int),
}


class UsagePlans(Engine):
    """The usage plans and keys of the local AWS.

    A quota's day is one of UTC on the one clock. Left out: quotas of a week or a month, throttles
    of single methods, keys by a file, keys that are changed, quotas that are raised for one key.
    """

    name, operations = "usage_plans", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._apis = parts.engine(RestApis)
        self._plans = Collection(parts.documents, "apigateway.plan")
        self._keys = Collection(parts.documents, "apigateway.key")
        self._usage = Collection(parts.documents, "apigateway.usage")

    def create_api_key(self, request: dict) -> dict:
        now, value = self.parts.clock.now(), request.get("value") or secrets.token_urlsafe(30)
        if not 20 <= len(value) <= 128:
            raise invalid("API Key value should be at least 20 characters and at most 128")
        if any(key["value"] == value for key in self._keys):
            raise invalid("API Key already exists")
        key = {"id": new_id(), "enabled": False, "createdDate": now, "lastUpdatedDate": now}
        key |= {"stageKeys": [], **request, "value": value}
        self._keys.put(key["id"], key)
        return key

    def get_api_keys(self, request: dict) -> dict:
        hidden = () if request.get("includeValues") else ("value",)
        keys = [
            {name: value for name, value in key.items() if name not in hidden}
            for key in self._keys
            if key.get("name", "").startswith(request.get("nameQuery", ""))
        ]
        return page(request, keys)

    def delete_api_key(self, request: dict) -> dict:
        key = request["apiKey"]
        if key not in self._keys:
            raise not_found("Invalid API Key identifier specified")
        with self._keys.transaction():
            for plan in self._plans:
                if key in plan["_keys"]:
                    self._plans.update(plan["id"], lambda plan: plan["_keys"].remove(key))
            self._keys.delete(key)
        return {}

    def create_usage_plan(self, request: dict) -> dict:
        plan = {"apiStages": [], **request, "id": new_id(), "_keys": []}
        for stage in plan["apiStages"]:
            self._apis.stage(stage["apiId"], stage["stage"])
        self._plans.put(plan["id"], plan)
        return public(plan)

    def get_usage_plans(self, request: dict) -> dict:
        return page(request, [public(plan) for plan in self._plans])

    def update_usage_plan(self, request: dict) -> dict:
        self._plan(request)

        def change(plan: dict) -> None:
            for patch in request.get("patchOperations", []):
                self._patch(plan, patch)

        return public(self._plans.update(request["usagePlanId"], change))

    def _patch(self, plan: dict, patch: dict) -> None:
        if patch["op"] == "replace" and patch["path"] in _NUMBERS:
            part, name, kind = _NUMBERS[patch["path"]]
            plan.setdefault(part, {"period": "DAY"} if part == "quota" else {})
            plan[part][name] = kind(number(patch))
        elif patch["op"] in ("add", "remove") and patch["path"] == "/apiStages":
            api, _, name = patch["value"].partition(":")
            stage = {"apiId": api, "stage": name}
            if patch["op"] == "add":
                self._apis.stage(api, name)
            plan["apiStages"] = [each for each in plan["apiStages"] if each != stage]
            plan["apiStages"] += [stage] if patch["op"] == "add" else []
        else:
            raise not_done(f"UpdateUsagePlan with {patch['op']} {patch['path']}")

    def delete_usage_plan(self, request: dict) -> dict:
        plan = self._plan(request)
        if plan["apiStages"]:
            first = ":".join(plan["apiStages"][0].values())
            why = f"there are API Stages associated with it, including {first}"
            raise invalid(f"Cannot delete Usage Plan {plan['id']} because {why}")
        self.parts.documents.delete_prefix("apigateway.usage", f"{plan['id']}/")
        self._plans.delete(plan["id"])
        return {}

    def create_usage_plan_key(self, request: dict) -> dict:
        plan = self._plan(request)
        if (key := self._keys.get(request["keyId"])) is None:
            raise not_found("Invalid API Key identifier specified")
        if key["id"] in plan["_keys"]:
            raise invalid("Usage Plan already has this API Key")
        self._plans.update(plan["id"], lambda plan: plan["_keys"].append(key["id"]))
        return _in_plan(key)

    def get_usage_plan_keys(self, request: dict) -> dict:
        keys = [self._keys.get(key) for key in self._plan(request)["_keys"]]
        return page(request, [_in_plan(key) for key in keys])

    def get_usage(self, request: dict) -> dict:
        plan, days = self._plan(request), _days(request)
        limit = plan.get("quota", {}).get("limit")
        used = {
            key: [self._used(plan["id"], day).get(key, 0) for day in days] for key in plan["_keys"]
        }
        items = {
            key: [[count, max(0, limit - count) if limit else -1] for count in counts]
            for key, counts in used.items()
        }
        span = {"startDate": request["startDate"], "endDate": request["endDate"]}
        return {"usagePlanId": plan["id"], **span, "items": items}

    def plan_of(self, value: str, api: str, stage: str) -> tuple[str, dict] | None:
        """Return the id of the key with a value and the plan that lets it use a stage, or None."""
        for key in self._keys:
            if secrets.compare_digest(key["value"].encode(), value.encode()) and key["enabled"]:
                for plan in self._plans:
                    stages = plan["apiStages"]
                    if key["id"] in plan["_keys"] and {"apiId": api, "stage": stage} in stages:
                        return key["id"], plan
        return None

    def count(self, key: str, plan: dict) -> bool:
        """Count a request of a key today; False, and no count, where its quota is used up."""
        day = f"{self.parts.clock.now():%Y-%m-%d}"
        limit = plan.get("quota", {}).get("limit")
        with self.parts.documents.lock:
            used = self._used(plan["id"], day)
            if limit is not None and used.get(key, 0) >= limit:
                return False
            self._usage.put(f"{plan['id']}/{day}", used | {key: used.get(key, 0) + 1})
        return True

    def _used(self, plan: str, day: str) -> dict:
        return self._usage.get(f"{plan}/{day}") or {}

    def _plan(self, request: dict) -> dict:
        if (plan := self._plans.get(request["usagePlanId"])) is None:
            raise not_found("Invalid Usage Plan identifier specified")
        return plan


def _in_plan(key: dict) -> dict:
    return {"id": key["id"], "type": "API_KEY", "value": key["value"], "name": key.get("name", "")}


def _days(request: dict) -> list[str]:
    """Return the days of a request for usage."""
    dates = [request["startDate"], request["endDate"]]
    if not all(re.fullmatch(r"\d{4}-\d\d-\d\d", each) for each in dates):
        raise invalid("Usage needs dates such as 2026-01-31")
    start, end = map(datetime.fromisoformat, dates)
    return [f"{start + timedelta(days=n):%Y-%m-%d}" for n in range((end - start).days + 1)]
