"""Plans and keys are made, changed, listed and deleted, in the order that AWS asks for."""

import pytest

from tests.local_aws.services.apigateway.test_rest_apis import refused


def test_a_keys_value_is_shown_where_it_is_asked_for_alone(door):
    (hidden,) = door.gateway.get_api_keys(nameQuery="key")["items"]
    (shown,) = door.gateway.get_api_keys(nameQuery="key", includeValues=True)["items"]
    assert "value" not in hidden and shown["value"] == door.key
    assert door.gateway.get_api_keys(nameQuery="other")["items"] == []
    (of_plan,) = door.gateway.get_usage_plan_keys(usagePlanId=door.plan)["items"]
    assert (of_plan["id"], of_plan["value"]) == (door.key_id, door.key)


def test_a_plan_is_changed_where_it_is_patched(door):
    door.limit(rate=2, burst=3, limit=4)
    (plan,) = door.gateway.get_usage_plans()["items"]
    assert plan["throttle"] == {"rateLimit": 2.0, "burstLimit": 3}
    assert plan["quota"] == {"limit": 4, "period": "DAY"}
    assert plan["apiStages"] == [{"apiId": door.api, "stage": "live"}]


def test_a_plan_goes_after_its_stages_and_its_key_by_itself(door):
    code, message = refused(door.gateway.delete_usage_plan, usagePlanId=door.plan)
    assert code == "BadRequestException" and f"including {door.api}:live" in message
    patch = {"op": "remove", "path": "/apiStages", "value": f"{door.api}:live"}
    door.gateway.update_usage_plan(usagePlanId=door.plan, patchOperations=[patch])
    door.gateway.delete_api_key(apiKey=door.key_id)
    assert door.gateway.get_usage_plan_keys(usagePlanId=door.plan)["items"] == []
    door.gateway.delete_usage_plan(usagePlanId=door.plan)
    assert door.gateway.get_usage_plans()["items"] == door.gateway.get_api_keys()["items"] == []


def test_what_a_key_has_used_is_told_for_each_day(door):
    day = f"{door.aws.parts.clock.now():%Y-%m-%d}"
    for _ in range(3):
        door.ask()
    usage = door.gateway.get_usage(usagePlanId=door.plan, startDate=day, endDate=day)
    assert usage["items"] == {door.key_id: [[3, 997]]}


@pytest.mark.parametrize(
    "operation, request_, words",
    [
        ("create_api_key", {"value": "short"}, "at least 20"),
        ("delete_api_key", {"apiKey": "nobody"}, "Invalid API Key"),
        ("create_usage_plan_key", {"keyId": "nobody", "keyType": "API_KEY"}, "Invalid API Key"),
        ("delete_usage_plan", {"usagePlanId": "nobody"}, "Invalid Usage Plan"),
        ("create_usage_plan", {"name": "p", "apiStages": [{"apiId": "a", "stage": "s"}]}, "stage"),
        ("create_usage_plan", {"name": "p", "quota": {"limit": 1, "period": "WEEK"}}, "WEEK"),
        ("get_usage", {"startDate": "today", "endDate": "today"}, "dates"),
        ("update_usage_plan", {"patchOperations": [{"op": "remove", "path": "/quota"}]}, "/quota"),
        (
            "update_usage_plan",
            {"patchOperations": [{"op": "replace", "path": "/quota/limit", "value": "x"}]},
            "Invalid value",
        ),
    ],
    ids=str,
)
def test_what_is_wrong_or_not_done_is_refused(door, operation, request_, words):
    needs_plan = "usage_plan_key" in operation or operation in ("get_usage", "update_usage_plan")
    plan = {"usagePlanId": door.plan} if needs_plan else {}
    assert words in refused(getattr(door.gateway, operation), **plan, **request_)[1]


def test_a_key_has_one_value_of_its_own(door):
    assert "exists" in refused(door.gateway.create_api_key, value=door.key)[1]
