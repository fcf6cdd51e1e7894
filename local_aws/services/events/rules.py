"""The rules of the default bus, with their targets and tags; sends no event."""

import re
from collections.abc import Iterator

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.events import inputs
from local_aws.services.events.patterns import compiled
from local_aws.services.events.targets import Targets
from local_aws.state import positions
from local_aws.state.collection import Collection, public

BUS = "default"
MOST_TARGETS = 5
"""Of one rule: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""
PAGE = 100
_BUS = f"EventBusName={BUS}"
OPERATIONS = {
    "events": {
        "PutRule": f"Name EventPattern State=ENABLED|DISABLED Description RoleArn Tags(*) {_BUS}",
        "DescribeRule": f"Name {_BUS}",
        "ListRules": f"NamePrefix {_BUS} NextToken Limit",
        "DeleteRule": f"Name {_BUS}",
        "EnableRule": f"Name {_BUS}",
        "DisableRule": f"Name {_BUS}",
        "PutTargets": f"""Rule {_BUS} Targets(Id Arn RoleArn Input InputPath InputTransformer(*)
            SqsParameters(*) SageMakerPipelineParameters(*) DeadLetterConfig(*) RetryPolicy(*))""",
        "RemoveTargets": f"Rule {_BUS} Ids",
        "ListTargetsByRule": f"Rule {_BUS} NextToken Limit",
        "ListRuleNamesByTarget": f"TargetArn {_BUS} NextToken Limit",
        "TestEventPattern": "EventPattern Event",
        "TagResource": "ResourceARN Tags(*)",
        "UntagResource": "ResourceARN TagKeys",
        "ListTagsForResource": "ResourceARN",
    },
}


class Rules(Engine):
    """The rules of the local AWS.

    Left out: buses but the default one, schedules, archives and replays, partner sources, API
    destinations, connections, global endpoints, rules that AWS services manage; a rule's own
    RoleArn, which is kept and has no effect.
    """

    name, operations = "event_rules", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._rules = Collection(parts.documents, "event-rule")
        self.targets = Targets(parts)

    def put_rule(self, request: dict) -> dict:
        name = request["Name"]
        if "EventPattern" not in request:
            message = "Parameter(s) EventPattern or ScheduleExpression must be specified."
            raise _invalid(message)
        compiled(request["EventPattern"])
        arn = self.parts.context.arn("events", f"rule/{name}")
        with self._rules.transaction():
            before = self._rules.get(name) or {}
            kept = {key: before[key] for key in ("_targets", "_tags") if key in before}
            rule = {
                key: request[key]
                for key in ("Name", "EventPattern", "Description", "RoleArn")
                if key in request
            }
            rule |= {"Arn": arn, "State": request.get("State", "ENABLED"), "EventBusName": BUS}
            rule |= {"_targets": {}, "_tags": _tags(request.get("Tags", [])), **kept}
            self._rules.put(name, rule)
        return {"RuleArn": arn}

    def describe_rule(self, request: dict) -> dict:
        return {**public(self._rule(request["Name"])), "CreatedBy": self.parts.context.account}

    def list_rules(self, request: dict) -> dict:
        prefix = request.get("NamePrefix", "")
        rules = [public(each) for each in self._rules.listed() if each["Name"].startswith(prefix)]
        return _page(rules, "Rules", request)

    def delete_rule(self, request: dict) -> dict:
        with self._rules.transaction():
            rule = self._rules.get(request["Name"]) or {}
            if rule.get("_targets"):
                raise _invalid("Rule can't be deleted since it has targets.")
            self._rules.delete(request["Name"])
        return {}

    def enable_rule(self, request: dict) -> dict:
        return self._change(request["Name"], State="ENABLED")

    def disable_rule(self, request: dict) -> dict:
        return self._change(request["Name"], State="DISABLED")

    def put_targets(self, request: dict) -> dict:
        for target in request["Targets"]:
            self.targets.check(target)
            inputs.check(target)
        with self._rules.transaction():
            targets = self._rule(request["Rule"])["_targets"]
            targets |= {each["Id"]: each for each in request["Targets"]}
            if len(targets) > MOST_TARGETS:
                message = "The requested resource exceeds the maximum number allowed."
                raise AwsError("LimitExceededException", message)
            self._change(request["Rule"], _targets=targets)
        return {"FailedEntryCount": 0, "FailedEntries": []}

    def remove_targets(self, request: dict) -> dict:
        with self._rules.transaction():
            targets = self._rule(request["Rule"])["_targets"]
            failed = [
                {
                    "TargetId": id_,
                    "ErrorCode": "ResourceNotFoundException",
                    "ErrorMessage": f"Rule {request['Rule']} has no target {id_}.",
                }
                for id_ in request["Ids"]
                if targets.pop(id_, None) is None
            ]
            self._change(request["Rule"], _targets=targets)
        return {"FailedEntryCount": len(failed), "FailedEntries": failed}

    def list_targets_by_rule(self, request: dict) -> dict:
        targets = list(self._rule(request["Rule"])["_targets"].values())
        return _page(targets, "Targets", request)

    def list_rule_names_by_target(self, request: dict) -> dict:
        arn = request["TargetArn"]
        names = [
            rule["Name"]
            for rule in self._rules
            if any(target["Arn"] == arn for target in rule["_targets"].values())
        ]
        return _page(names, "RuleNames", request)

    def test_event_pattern(self, request: dict) -> dict:
        return {"Result": compiled(request["EventPattern"])(self._whole(request["Event"]))}

    def tag_resource(self, request: dict) -> dict:
        with self._rules.transaction():
            rule = self._tagged(request)
            self._change(rule["Name"], _tags=rule["_tags"] | _tags(request["Tags"]))
        return {}

    def untag_resource(self, request: dict) -> dict:
        with self._rules.transaction():
            rule = self._tagged(request)
            left = {k: v for k, v in rule["_tags"].items() if k not in request["TagKeys"]}
            self._change(rule["Name"], _tags=left)
        return {}

    def list_tags_for_resource(self, request: dict) -> dict:
        tags = self._tagged(request)["_tags"].items()
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags]}

    def matching(self, event: dict) -> Iterator[dict]:
        """Yield the enabled rules that an event matches."""
        for rule in self._rules:
            if rule["State"] == "ENABLED" and compiled(rule["EventPattern"])(event):
                yield rule

    def _whole(self, text: str) -> dict:
        """Return the event of TestEventPattern. Raises: AwsError InvalidEventPatternException."""
        event = inputs.json_object(text)
        needed = ("id", "account", "source", "time", "region", "resources", "detail-type")
        if event is None or (missing := [name for name in needed if name not in event]):
            reason = "it is no JSON object" if event is None else f"missing {', '.join(missing)}"
            raise AwsError("InvalidEventPatternException", f"Event is not valid: {reason}.")
        return event

    def _rule(self, name: str) -> dict:
        if (rule := self._rules.get(name)) is None:
            message = f"Rule {name} does not exist on EventBus {BUS}."
            raise AwsError("ResourceNotFoundException", message)
        return rule

    def _tagged(self, request: dict) -> dict:
        match = re.fullmatch(r"arn:aws:events:[^:]+:\d+:rule/(?:default/)?([^/]+)",
                             request["ResourceARN"])  # fmt: skip
        if not match:
            raise _invalid(f"ResourceARN {request['ResourceARN']} is not the ARN of a rule.")
        return self._rule(match[1])

    def _change(self, name: str, **fields: object) -> dict:
        self._rule(name)
        self._rules.update(name, lambda rule: rule.update(fields))
        return {}


def _tags(tags: list[dict]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _page(items: list, member: str, request: dict) -> dict:
    refused = _invalid("NextToken is not valid.")
    return positions.page(items, request, member, PAGE, refused, most="Limit")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
