"""The operations that moto records and no engine executes, each with the reason; knows no moto.

An operation may be recorded where the record is its whole effect: a later call reads it back, and
AWS would do nothing else that is left undone in silence; or where moto does the rest, as with
messages in queues. Every operation that is neither here nor
in the table of `local_aws/operations.py` is refused by name. Services have boto3's names.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """Recorded operations of one service with one reason.

    Attributes:
        changes: operations that the journal keeps and replays at the next start.
        answers: operations without an effect that outlives the server.
    """

    reason: str
    changes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


RECORDED: dict[str, tuple[Record, ...]] = {
    "s3": (
        Record(
            "only the holder of the account's keys has access, so public access is always blocked",
            ("PutPublicAccessBlock", "DeletePublicAccessBlock"),
            ("GetPublicAccessBlock",),
        ),
        Record(
            "encryption at rest makes no difference to clients; the objects stay on this machine",
            ("PutBucketEncryption", "DeleteBucketEncryption"),
            ("GetBucketEncryption",),
        ),
        Record(
            "a document, which is not evaluated: the one caller is the bucket's owner",
            ("PutBucketPolicy", "DeleteBucketPolicy"),
            ("GetBucketPolicy",),
        ),
        Record(
            "labels, which are read back",
            ("PutBucketTagging", "DeleteBucketTagging"),
            ("GetBucketTagging",),
        ),
        Record(
            "the true answer is 'not set': the operations that set it are refused",
            answers=(
                "GetBucketLifecycleConfiguration",
                "GetBucketReplication",
            ),
        ),
    ),
    "iam": (
        Record(
            "documents, which SimulatePrincipalPolicy reads, and asynchronous endpoints by it; "
            "of jobs, Glue's alone are held to them",
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
            "repositories and image tags; an image whose manifest names packages runs jobs",
            ("BatchDeleteImage", "CreateRepository", "DeleteRepository", "PutImage"),
            ("BatchGetImage", "DescribeImages", "DescribeRepositories", "ListImages"),
        ),
        Record(
            "labels, which are read back",
            ("TagResource", "UntagResource"),
            ("ListTagsForResource",),
        ),
    ),
    "secretsmanager": (
        Record(
            "a text, which is read back; it lies in the state folder as it came",
            ("CreateSecret", "DeleteSecret", "PutSecretValue"),
            ("DescribeSecret", "GetSecretValue"),
        ),
    ),
    "sqs": (
        Record(
            "queues",
            ("CreateQueue", "DeleteQueue", "SetQueueAttributes"),
            ("GetQueueAttributes", "GetQueueUrl", "ListQueues"),
        ),
        Record("labels, which are read back", ("TagQueue", "UntagQueue"), ("ListQueueTags",)),
        Record(
            "moto keeps messages, and their timeouts on the one clock, until the server ends",
            answers=(
                *("ChangeMessageVisibility", "DeleteMessage", "DeleteMessageBatch", "PurgeQueue"),
                *("ReceiveMessage", "SendMessage", "SendMessageBatch"),
            ),
        ),
    ),
}

BUCKETS = ("CreateBucket", "DeleteBucket")
"""S3's operations that the object plane executes and repeats to moto, for bucket settings."""

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
    """Say whether the journal replays an operation at the next start."""
    return (service, operation) in _CHANGES or (service == "s3" and operation in BUCKETS)
