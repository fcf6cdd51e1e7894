"""The members of requests that an account may prescribe, by botocore's models; requests without."""

import re
from collections.abc import Iterator

import boto3
from botocore.model import OperationModel, Shape

from helpers.request_fields import MADE, REFUSED
from local_aws.wire.validation import operation_model
from tools.senders import SENDERS, SUITES

RECORDED = (
    *(("iam", name) for name in ("CreateRole", "DeleteRole", "DeleteRolePolicy", "GetRole")),
    *(("iam", name) for name in ("ListRolePolicies", "ListRoles", "ListRoleTags", "PutRolePolicy")),
    *(("ecr", name) for name in ("CreateRepository", "DeleteRepository", "DescribeRepositories")),
    *(("ecr", name) for name in ("GetAuthorizationToken", "ListImages", "ListTagsForResource")),
    *(("s3", name) for name in ("GetBucketEncryption", "GetBucketPolicy", "GetPublicAccessBlock")),
    *(("s3", name) for name in ("PutBucketEncryption", "PutBucketPolicy", "PutPublicAccessBlock")),
    *(("sqs", name) for name in ("CreateQueue", "DeleteMessage", "DeleteMessageBatch")),
    *(("sqs", name) for name in ("DeleteQueue", "ListQueues")),
    *(("sqs", name) for name in ("GetQueueAttributes", "GetQueueUrl", "ListQueueTags")),
    *(("sqs", name) for name in ("ReceiveMessage", "SetQueueAttributes")),
    *(("budgets", name) for name in ("CreateBudget", "DeleteBudget", "DescribeBudgets")),
    *(("ecr", "PutImage"), ("s3", "GetBucketTagging"), ("sts", "GetCallerIdentity")),
)
"""What the course sends and the local AWS only records."""
WAITING = (
    *(("events", "PutRule"), ("events", "PutTargets"), ("s3", "CopyObject")),
    *(("s3", "GetBucketNotificationConfiguration"), ("sagemaker", "CreateFeatureGroup")),
)
"""A person's own calls, by the aws command, the transfer manager or the SDK: same clients."""
ELSEWHERE = {"local_aws/instances/log_streams.py"}
"""What instances send, and no client of a person."""
OPERATIONS = sorted(
    {
        (service, operation)
        for service, listed in SENDERS.items()
        for each in listed
        if not each.by.startswith(tuple(SUITES)) or each.by.startswith("PyAthena")
        if each.source not in ELSEWHERE
        for operation in each.operations
    }
    | {*RECORDED, *WAITING}
)
"""Service and operation of all that the course's clients send."""
NAMES = re.compile(
    r"VpcConfig|(Volume)?KmsKeyId|SSEKMSKeyId|ServerSideEncryption|EncryptionConfiguration"
    r"|encryptionConfiguration|[Tt]ags|PermissionsBoundary|WorkGroup|Connections"
)
OTHERS = {
    # The tags of something that is there already, which a caller names.
    ("sagemaker", "AddTags", "Tags"),
    # The pipeline's function asks SageMaker alone, which it reaches without a network of its own.
    ("lambda", "CreateFunction", "VpcConfig"),
    # It is what the operation itself sets, from the same settings.
    ("s3", "PutBucketEncryption", "ServerSideEncryptionConfiguration"),
    # A caller names the one that it asks about.
    ("athena", "GetWorkGroup", "WorkGroup"),
    # A budget may count by tags; the course's counts all.
    ("budgets", "CreateBudget", "Budget.FilterExpression.Tags"),
    # Schedules and rules of the course start no container of ECS.
    ("events", "PutTargets", "Targets[].EcsParameters.Tags"),
    ("scheduler", "CreateSchedule", "Target.EcsParameters.Tags"),
    ("scheduler", "UpdateSchedule", "Target.EcsParameters.Tags"),
}


def prescribed(service: str, operation: str) -> set[str]:
    """Return the dotted paths of an operation's members that networks, keys and tags go into."""
    shape = operation_model(service, operation).input_shape
    found = set(_members(shape, "", frozenset())) if shape else set()
    return {path for path in found if (service, operation, path) not in OTHERS}


def _members(shape: Shape, path: str, seen: frozenset[str]) -> Iterator[str]:
    if shape.type_name == "list":
        yield from _members(shape.member, f"{path}[]", seen)
    elif shape.type_name == "structure" and shape.name not in seen:
        for name, member in shape.members.items():
            inner = f"{path}.{name}" if path else name
            if NAMES.fullmatch(name):
                yield inner
            else:
                yield from _members(member, inner, seen | {shape.name})


class Recorder:
    """Keeps what sessions' clients send, as it is after all that fills requests."""

    def __init__(self):
        self.requests: list[tuple[str, str, dict]] = []
        self._watched: list[boto3.Session] = []

    def watch(self, session: boto3.Session) -> None:
        """Keep what the clients send that this session makes from now on."""
        if session not in self._watched:
            self._watched.append(session)
            session.events.register("before-parameter-build", self._keep)

    def _keep(self, params: dict, model: OperationModel, **_: object) -> None:
        kept = {name: value for name, value in params.items() if name != "Body"}
        self.requests.append((model.service_model.service_name, model.name, kept))

    @property
    def violations(self) -> list[str]:
        """What requests lack that an account prescribes and AWS does not refuse."""
        """What a request lacks that the account prescribes and AWS does not refuse."""
        return sorted(
            {
                f"{service}:{operation} without {path}"
                for service, operation, request in self.requests
                for path in prescribed(service, operation)
                for holder in _holders(request, path.split("."))
                if not _is_refused(service, operation, path.rpartition(".")[2], holder)
                if not holder.get(path.rpartition(".")[2])
            }
        )


def _holders(structure: dict, path: list[str]) -> Iterator[dict]:
    """Yield the structures of a request that have a member, or would where none is required."""
    if len(path) == 1:
        yield structure
        return
    name = path[0].removesuffix("[]")
    inner = structure.get(name, {} if name in MADE else [])
    for item in inner if isinstance(inner, list) else [inner]:
        yield from _holders(item, path[1:])


def _is_refused(service: str, operation: str, member: str, holder: dict) -> bool:
    refusals = REFUSED.get((service, operation), ())
    return any(each.member == member and each.applies(holder) for each in refusals)
