"""Says what a request must be allowed: actions, each on a resource; asks no policy and no service.

An operation's action has its name unless a table here has another one, and a tag, a role that is
passed and a service that acts for its caller need actions of their own. The resources are those of
https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from string import Formatter

from local_aws.context import Context
from local_aws.services.iam.assumed_roles import roles_in
from local_aws.services.iam.resource_names import ALSO, ANY, GLOBAL, RESOURCES
from local_aws.wire.validation import operation_model

PREFIXES = {
    "sagemaker-runtime": "sagemaker",
    "sagemaker-featurestore-runtime": "sagemaker",
    "sagemaker-metrics": "sagemaker",
    "service-quotas": "servicequotas",
}
"""The prefixes of a service's actions where they are not boto3's name of it."""
ACTIONS = {
    ("lambda", "Invoke"): "InvokeFunction",
    ("sqs", "DeleteMessageBatch"): "DeleteMessage",
    ("sqs", "SendMessageBatch"): "SendMessage",
    ("budgets", "CreateBudget"): "ModifyBudget",
    ("budgets", "DeleteBudget"): "ModifyBudget",
    ("budgets", "DescribeBudgets"): "ViewBudget",
}
"""Operations whose action has another name."""
TAGGING = {"sagemaker": "AddTags", "iam": "TagRole", "sqs": "TagQueue"}
"""The action that tags a new resource, where it is not TagResource."""
TAGS = ("Tags", "tags", "ResourceTags")
PASSED_TO = ("apigateway", "events", "glue", "lambda", "sagemaker", "scheduler")
"""Services that a request hands a role to: the caller needs iam:PassRole."""
ROLES = ("RoleArn", "ExecutionRoleArn", "Role")
BOUNDED = ("CreateRole", "DeleteRolePolicy", "PutRolePolicy")
"""Operations of IAM that know a role's permissions boundary."""
DEFAULTS = {"GroupName": "default", "WorkGroup": "primary", "AlarmNames": ["*"]}
"""Members that a request may leave out, and what it is about then."""
FREE = (("sts", "GetCallerIdentity"),)
"""AWS answers these to everybody, even where a policy denies them."""


@dataclass(frozen=True)
class Need:
    """An action on a resource, with the values that conditions see."""

    action: str
    resource: str
    context: Mapping[str, list[str]] = field(default_factory=dict)


def needs(context: Context, service: str, operation: str, request: dict) -> list[Need]:
    """Return all that a request must be allowed."""
    if (service, operation) in FREE:
        return []
    prefix = PREFIXES.get(service, service)
    request = _completed(request)
    found: dict[tuple[str, str], Need] = {}
    for need in (
        *_own(context, service, prefix, operation, request),
        *_passed(context, service, request),
        *_also(context, service, operation, request),
    ):
        found.setdefault((need.action, need.resource), need)
    return list(found.values())


def _own(
    context: Context, service: str, prefix: str, operation: str, request: dict
) -> Iterator[Need]:
    """Yield the operation's own action, and that of the tags which it brings."""
    name = ACTIONS.get((service, operation), operation)
    if service == "apigateway":
        model = operation_model(service, operation)
        labels = {
            shape.serialization.get("name", member): request.get(member)
            for member, shape in (model.input_shape.members if model.input_shape else {}).items()
        }
        path = model.http["requestUri"].partition("?")[0].format_map(labels)
        name, resources = model.http["method"], [f"arn:aws:apigateway:{context.region}::{path}"]
    else:
        resources = _resources(context, prefix, operation, request)
    values = {"iam:permissionsboundary": _boundary(request)} if operation in BOUNDED else {}
    for resource in resources:
        yield Need(f"{prefix}:{name}", resource, values)
        if service == "apigateway" and request.get("tags"):
            yield Need("apigateway:PUT", f"arn:aws:apigateway:{context.region}::/tags/{{arn}}")
        elif any(request.get(each) for each in TAGS):
            yield Need(f"{prefix}:{TAGGING.get(prefix, 'TagResource')}", resource)


def _boundary(request: dict) -> list[str]:
    return [request["PermissionsBoundary"]] if "PermissionsBoundary" in request else []


def _resources(context: Context, prefix: str, operation: str, request: dict) -> list[str]:
    for pattern, templates in RESOURCES.get(prefix, {}).items():
        if fnmatchcase(operation, pattern):
            region = "" if prefix in GLOBAL else context.region
            start = f"arn:aws:{prefix}:{region}:{context.account}:"
            filled = [name for each in templates.split() for name in _filled(each, request)]
            return [ANY if name == ANY else _arn(start, name) for name in filled] or [ANY]
    return [ANY]


def _arn(start: str, name: str) -> str:
    """Return a resource's ARN: a name in a request may be one already."""
    mark = name.find("arn:")
    return name[mark:] if mark >= 0 else start + name


def _filled(template: str, request: dict) -> list[str]:
    """Return a template with the members of a request, once an item of a list; or nothing."""
    names = [
        name.partition("[")[0] for _, name, _, _ in Formatter().parse(template) if name is not None
    ]
    if any(not request.get(name) for name in names):
        return []
    rows = [request]
    for name in names:
        if isinstance(request[name], list):
            rows = [{**row, name: item} for row in rows for item in request[name]]
    return [template.format_map(row) for row in rows]


def _completed(request: dict) -> dict:
    """Return a request with the names that its members imply."""
    more: dict[str, str] = {}
    if url := request.get("QueueUrl"):
        more["QueueName"] = url.rpartition("/")[2]
    if group := request.get("logGroupIdentifier"):
        more["logGroupName"] = group.partition(":log-group:")[2] or group
    return {**DEFAULTS, **request, **more}


def _passed(context: Context, service: str, request: dict) -> Iterator[Need]:
    """Yield iam:PassRole for each role that a request hands to a service."""
    if service not in PASSED_TO:
        return
    values = {"iam:passedtoservice": [f"{service}.amazonaws.com"]}
    for role in _roles(request):
        arn = role if role.startswith("arn:") else f"arn:aws:iam::{context.account}:role/{role}"
        yield Need("iam:PassRole", arn, values)


def _roles(request: dict) -> Iterator[str]:
    yield from roles_in(request, ROLES)
    for document in request.values():
        if isinstance(document, bytes):  # of a REST API
            text = document.decode(errors="replace")
            yield from re.findall(r'arn:aws:iam::\d{12}:role/[^"\s]+', text)


def _also(context: Context, service: str, operation: str, request: dict) -> Iterator[Need]:
    """Yield what a service does in its caller's name."""
    place = {"region": context.region, "account": context.account}
    for action, template, values in ALSO.get((service, operation), ()):
        for arn in _filled(template, {**request, **place}):
            yield Need(action, arn, values)
