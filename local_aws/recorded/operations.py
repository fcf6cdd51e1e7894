"""What moto keeps for services that no engine executes: honest records, each with its reason.

A record is honest where the call itself is the whole effect: what was put is read back, and nothing
that AWS would then do is left undone in silence. Whatever is neither here nor in the table
is refused by name. Services have boto3's names.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """Operations of one service that are recorded for one reason.

    Attributes:
        changes: they are kept in the journal and done again at the next start.
        answers: they change nothing that outlives the server.
    """

    reason: str
    changes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


RECORDED: dict[str, tuple[Record, ...]] = {
    "s3": (
        Record(
            "nobody but the holder of the account's keys gets in, so all of it is always blocked",
            ("PutPublicAccessBlock", "DeletePublicAccessBlock"),
            ("GetPublicAccessBlock",),
        ),
        Record(
            "at rest a client sees no difference; the objects stay on this machine",
            ("PutBucketEncryption", "DeleteBucketEncryption"),
            ("GetBucketEncryption",),
        ),
        Record(
            "a document: the one caller is the bucket's owner; it is not evaluated",
            ("PutBucketPolicy", "DeleteBucketPolicy"),
            ("GetBucketPolicy",),
        ),
        Record(
            "labels, which are read back",
            ("PutBucketTagging", "DeleteBucketTagging"),
            ("GetBucketTagging",),
        ),
        Record(
            "the truth is 'never set': what would set it is refused",
            answers=(
                "GetBucketLifecycleConfiguration",
                "GetBucketNotificationConfiguration",
                "GetBucketReplication",
                "GetBucketVersioning",
            ),
        ),
    ),
    "iam": (
        Record(
            "documents, which SimulatePrincipalPolicy reads; jobs themselves run as the owner",
            (
                "AttachRolePolicy",
                "CreatePolicy",
                "CreateRole",
                "DeletePolicy",
                "DeleteRole",
                "DeleteRolePolicy",
                "DetachRolePolicy",
                "PutRolePolicy",
                "UpdateAssumeRolePolicy",
            ),
            (
                "GetPolicy",
                "GetPolicyVersion",
                "GetRole",
                "GetRolePolicy",
                "ListAttachedRolePolicies",
                "ListPolicies",
                "ListRolePolicies",
                "ListRoles",
            ),
        ),
        Record("labels, which are read back", ("TagRole", "UntagRole"), ("ListRoleTags",)),
    ),
    "sts": (Record("the one account that there is", answers=("GetCallerIdentity",)),),
    "ecr": (
        Record(
            "names of images; a manifest that names packages makes one that jobs run in",
            ("BatchDeleteImage", "CreateRepository", "DeleteRepository", "PutImage"),
            ("BatchGetImage", "DescribeImages", "DescribeRepositories", "ListImages"),
        ),
        Record(
            "labels, which are read back",
            ("TagResource", "UntagResource"),
            ("ListTagsForResource",),
        ),
    ),
    "cloudwatch": (
        Record(
            "what jobs and callers put, added up when asked for; kept until the server ends",
            answers=("GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"),
        ),
    ),
}

_METRIC = "Namespace MetricName Dimensions(*)"
MEMBERS: dict[str, dict[str, str]] = {
    "cloudwatch": {
        "GetMetricData": """StartTime EndTime ScanBy NextToken
            MetricDataQueries(Id MetricStat(*) Label ReturnData Period)""",
        "GetMetricStatistics": f"{_METRIC} StartTime EndTime Period Statistics Unit",
        "PutMetricData": "Namespace MetricData(*)",
    },
}
"""What moto does of requests that it would pass over in part, as `local_aws/wire/members.py` has
it; of the others' requests it keeps all."""

BUCKETS = ("CreateBucket", "DeleteBucket")
"""Of S3: the object plane executes them, and tells moto, which keeps the buckets' settings."""

_CHANGES = {
    (service, operation)
    for service, records in RECORDED.items()
    for record in records
    for operation in record.changes
}
_ANSWERS = {
    (service, operation)
    for service, records in RECORDED.items()
    for record in records
    for operation in record.answers
}


def is_recorded(service: str, operation: str) -> bool:
    """Say whether an operation goes to moto."""
    return (service, operation) in _CHANGES or (service, operation) in _ANSWERS


def changes_something(service: str, operation: str) -> bool:
    """Say whether moto has to be told again of an operation at the next start."""
    return (service, operation) in _CHANGES or (service == "s3" and operation in BUCKETS)
