"""What a person must be allowed to run the course, as an IAM policy; asks no service.

Each action is of an operation that the course's clients send, or that one of them needs; a test
holds the two lists together. An action that can't be bound to a resource is allowed on all:
https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from helpers.config import DATABASE, PROJECT, Config
from helpers.roles import TRUSTED, secret_arn
from helpers.s3_uris import is_uri, parse_uri

SAGEMAKER = {
    "training-job": (
        *("CreateTrainingJob", "DeleteTrainingJob", "DescribeTrainingJob"),
        *("StopTrainingJob", "UpdateTrainingJob"),
    ),
    "processing-job": (
        *("CreateProcessingJob", "DeleteProcessingJob", "DescribeProcessingJob"),
        "StopProcessingJob",
    ),
    "transform-job": ("CreateTransformJob", "DescribeTransformJob", "StopTransformJob"),
    "hyper-parameter-tuning-job": (
        *("CreateHyperParameterTuningJob", "DeleteHyperParameterTuningJob"),
        *("DescribeHyperParameterTuningJob", "StopHyperParameterTuningJob"),
        "ListTrainingJobsForHyperParameterTuningJob",
    ),
    "model": ("CreateModel", "DeleteModel"),
    "endpoint-config": (
        *("CreateEndpointConfig", "DeleteEndpointConfig", "DescribeEndpointConfig"),
        *("CreateEndpoint", "UpdateEndpoint"),
    ),
    "endpoint": (
        *("CreateEndpoint", "DeleteEndpoint", "DescribeEndpoint", "InvokeEndpoint"),
        "UpdateEndpoint",
    ),
    "model-package-group": (
        *("CreateModelPackage", "CreateModelPackageGroup", "DeleteModelPackageGroup"),
        *("DescribeModelPackageGroup", "ListModelPackages"),
    ),
    "model-package": (
        *("CreateModelPackage", "DeleteModelPackage", "DescribeModelPackage"),
        "UpdateModelPackage",
    ),
    "model-card": ("CreateModelCard", "DeleteModelCard", "UpdateModelCard"),
}
"""Kinds of SageMaker's resources whose names the course begins with its own."""
LISTS = (
    *("ListEndpointConfigs", "ListEndpoints", "ListHyperParameterTuningJobs", "ListModelCards"),
    *("ListModelPackageGroups", "ListModels", "ListProcessingJobs", "ListTrainingJobs"),
    "ListTransformJobs",
)


@dataclass(frozen=True)
class Permission:
    """Actions on resources that a person or a role must be allowed, for one reason."""

    what: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    context: dict[str, str] = field(default_factory=dict)
    """Keys of conditions and the values that requests have."""

    def statement(self) -> dict:
        """Return the statement of a policy that allows it."""
        statement = {
            "Effect": "Allow", "Action": [*self.actions], "Resource": [*self.resources],
        }  # fmt: skip
        return statement | ({"Condition": {"StringEquals": self.context}} if self.context else {})


def user_permissions(config: Config, account: str) -> list[Permission]:
    """Return all that the caller must be allowed, for the settings of this run.

    Args:
        account: its number, for the resources' ARNs.
    """
    own = f"{PROJECT}*"
    place = f"{config.region}:{account}"
    return [
        *_storage(config),
        *_role(config, account),
        *(
            Permission(
                f"use SageMaker's {kind}s of the course",
                tuple(f"sagemaker:{name}" for name in (*names, *_tagging(config))),
                (f"arn:aws:sagemaker:{place}:{kind}/{own}",),
            )
            for kind, names in SAGEMAKER.items()
        ),
        Permission("list what is in SageMaker", tuple(f"sagemaker:{name}" for name in LISTS)),
        *_queries(config, place),
        *_images(config, place),
        *_logs(place),
        Permission("see who is calling", ("sts:GetCallerIdentity",)),
        Permission(
            "see the quotas",
            ("servicequotas:ListAWSDefaultServiceQuotas", "servicequotas:ListServiceQuotas"),
        ),
    ]


def policy(permissions: list[Permission]) -> dict:
    """Return the policy document that allows them, in few statements: a policy's size is limited.

    What SageMaker's kinds of resources allow is one statement: an action is of its own kinds alone,
    whatever others stand beside it.
    """
    merged: dict[object, Permission] = {}
    for each in permissions:
        is_kind = each.actions[0].startswith("sagemaker:") and each.resources != ("*",)
        key = "sagemaker" if is_kind else (each.resources, *each.context.items())
        if other := merged.get(key):
            actions = dict.fromkeys((*other.actions, *each.actions))
            resources = dict.fromkeys((*other.resources, *each.resources))
            each = replace(other, actions=(*actions,), resources=(*resources,))
        merged[key] = each
    statements = [permission.statement() for permission in merged.values()]
    return {"Version": "2012-10-17", "Statement": statements}


def _tagging(config: Config) -> tuple[str, ...]:
    """Return what a request with tags needs beside its own action."""
    return ("AddTags",) if config.account.tags else ()


def _storage(config: Config) -> Iterator[Permission]:
    bucket, account = f"arn:aws:s3:::{config.bucket}", config.account
    look = (
        *("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
        *("s3:GetBucketPolicy", "s3:GetEncryptionConfiguration", "s3:GetBucketPublicAccessBlock"),
    )
    make = (
        *("s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketPolicy"),
        *("s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration"),
        *(("s3:TagResource",) if account.tags else ()),
    )
    yield Permission("look into the course's bucket", look, (bucket,))
    if not account.bucket:
        yield Permission("make the course's bucket, close it, and delete it", make, (bucket,))
    yield Permission(
        "read and write the course's objects",
        ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
        (f"{bucket}/{config.home}*",),
    )
    if config.raw and is_uri(config.raw):
        own, prefix = parse_uri(config.raw)
        yield Permission("list your own raw data", ("s3:ListBucket",), (f"arn:aws:s3:::{own}",))
        objects = f"arn:aws:s3:::{own}/{prefix.rstrip('/')}/*".replace("//*", "/*")
        yield Permission("read your own raw data", ("s3:GetObject",), (objects,))
    if account.kms_key:
        yield Permission(
            "use the account's key",
            ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt",
             "kms:GenerateDataKey"),
            (account.kms_key,),
        )  # fmt: skip
    if account.wandb_secret:
        yield Permission(
            "keep the key for wandb",
            ("secretsmanager:CreateSecret", "secretsmanager:DescribeSecret",
             "secretsmanager:PutSecretValue"),
            (secret_arn(config),),
        )  # fmt: skip


def _role(config: Config, account: str) -> Iterator[Permission]:
    role = config.account.role_arn or f"arn:aws:iam::{account}:role/{config.role}"
    make = (
        *("iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:ListRolePolicies"),
        *("iam:PutRolePolicy", *(("iam:TagRole",) if config.account.tags else ())),
    )
    look = ("iam:GetRole", "iam:SimulatePrincipalPolicy")
    if not config.account.role_arn:
        bound = config.account.permissions_boundary
        context = {"iam:PermissionsBoundary": bound} if bound else {}
        # Only these three know the key; the others would be denied by it.
        bounded = ("iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy")
        if bound:
            yield Permission(
                "make the execution role within its boundary", bounded, (role,), context
            )
            make = tuple(action for action in make if action not in bounded)
        yield Permission("make the execution role and delete it", make, (role,))
    yield Permission("see the execution role and what it may do", look, (role,))
    yield Permission(
        "hand the execution role to SageMaker alone",
        ("iam:PassRole",), (role,), {"iam:PassedToService": TRUSTED},
    )  # fmt: skip


def _queries(config: Config, place: str) -> Iterator[Permission]:
    workgroup = config.account.workgroup or "primary"
    yield Permission(
        "ask Athena",
        tuple(
            f"athena:{name}"
            for name in (
                *("GetQueryExecution", "GetQueryResults"),
                *("StartQueryExecution", "StopQueryExecution"),
            )
        ),
        (f"arn:aws:athena:{place}:workgroup/{workgroup}",),
    )
    yield Permission(
        "make tables, read them and delete them",
        tuple(
            f"glue:{name}"
            for name in (
                *("CreateDatabase", "CreateTable", "DeleteDatabase", "DeleteTable"),
                *("GetDatabase", "GetDatabases", "GetPartitions", "GetTable", "GetTables"),
            )
        ),
        tuple(
            f"arn:aws:glue:{place}:{name}"
            for name in ("catalog", f"database/{DATABASE}*", f"table/{DATABASE}*/*")
        ),
    )


def _images(config: Config, place: str) -> Iterator[Permission]:
    push = (
        *("BatchCheckLayerAvailability", "CompleteLayerUpload", "InitiateLayerUpload"),
        *("PutImage", "UploadLayerPart"),
    )
    keep = ("CreateRepository", "DeleteRepository", "ListImages")
    names = (*keep, *push, *(("TagResource",) if config.account.tags else ()))
    yield Permission(
        "build the image of the processing jobs",
        tuple(f"ecr:{name}" for name in names),
        (f"arn:aws:ecr:{place}:repository/{PROJECT}*",),
    )
    yield Permission(
        "find images and log in to push one",
        ("ecr:DescribeRepositories", "ecr:GetAuthorizationToken"),
    )


def _logs(place: str) -> Iterator[Permission]:
    group = f"arn:aws:logs:{place}:log-group:/aws/sagemaker/*"
    yield Permission(
        "read the jobs' logs and delete them",
        ("logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:DescribeLogStreams",
         "logs:FilterLogEvents", "logs:GetLogEvents"),
        (group,),
    )  # fmt: skip
    yield Permission("find the jobs' logs", ("logs:DescribeLogGroups",))
