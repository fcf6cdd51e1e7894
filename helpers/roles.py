"""The execution role of jobs and endpoints, with the permissions that they need; starts no job.

A role that the account has is neither made nor changed nor deleted.
"""

import json
import time
from email.utils import parsedate_to_datetime

from helpers.config import PROJECT, Config
from helpers.role_trust import statement
from helpers.session import client

TRUSTED = "sagemaker.amazonaws.com"
PASSED_TO = "iam:PassedToService"
Permissions = dict[str, tuple[list[str], list[str]] | tuple[list[str], list[str], str]]
"""What a role may do: {description: (actions, resources)}, and the service that gets a role."""
FEATURE_TABLES = (
    "catalog", "database/sagemaker_featurestore", "table/sagemaker_featurestore/*",
)  # fmt: skip
"""Glue's resources of all offline stores of features: the names are AWS's."""


def permissions(config: Config) -> Permissions:
    """Return the role's permissions."""
    bucket, account = f"arn:aws:s3:::{config.bucket}", config.account
    logs = f"arn:aws:logs:{config.region}:*:log-group:/aws/sagemaker/*"
    statements = {
        "read and write the course's bucket": (
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            [f"{bucket}/{config.home}*"],
        ),
        "list the course's bucket": (["s3:ListBucket", "s3:GetBucketLocation"], [bucket]),
        "write logs": (
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
             "logs:DescribeLogStreams"],
            [logs, f"{logs}:log-stream:*"],
        ),
        "publish metrics": (["cloudwatch:PutMetricData"], ["*"]),
        # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
        "look at the alarms that guard an update": (
            ["cloudwatch:DescribeAlarms"],
            [f"arn:aws:cloudwatch:{config.region}:*:alarm:{PROJECT}*"],
        ),
        # AWS's AmazonSageMakerFeatureStoreAccess has these, for buckets named after SageMaker.
        "write the offline store of features": (["s3:PutObjectAcl"], [f"{bucket}/{config.home}*"]),
        "look at the bucket of the offline store": (["s3:GetBucketAcl"], [bucket]),
        "keep the tables of offline stores up to date": (
            ["glue:GetTable", "glue:UpdateTable"],
            [f"arn:aws:glue:{config.region}:*:{name}" for name in FEATURE_TABLES],
        ),
        "write and read features": (
            ["sagemaker:PutRecord", "sagemaker:BatchGetRecord"],
            [f"arn:aws:sagemaker:{config.region}:*:feature-group/{PROJECT}*"],
        ),
        "pull images": (
            ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
             "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            ["*"],
        ),
        "join a VPC (the SDK refuses a role without)": (
            ["ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission",
             "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission",
             "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DescribeDhcpOptions",
             "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"],
            ["*"],
        ),
    }  # fmt: skip
    if account.kms_key:
        # The grant is for the volumes, which the service encrypts itself.
        statements["use the account's key"] = (
            ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt",
             "kms:GenerateDataKey"],
            [account.kms_key],
        )  # fmt: skip
    if account.wandb_secret:
        statements["read the key for wandb"] = (
            ["secretsmanager:GetSecretValue"], [secret_arn(config)],
        )  # fmt: skip
    return statements


def secret_arn(config: Config) -> str:
    """Return the pattern of the ARN of wandb's secret: AWS adds six characters to the name."""
    return f"arn:aws:secretsmanager:{config.region}:*:secret:{config.account.wandb_secret}-??????"


def make_role(config: Config) -> str:
    """Create the execution role, or renew its permissions; running it again changes nothing.

    Returns:
        The role's name.
    """
    if config.account.role:
        return config.role
    put_role(config, config.role, TRUSTED, permissions(config))
    return config.role


def document(statements: Permissions) -> dict:
    """Return the policy that permits it.

    A role that is handed on goes to SageMaker where no other service is named, and to no other.
    """
    allowed = []
    for actions, resources, *service in statements.values():
        allowed.append({"Effect": "Allow", "Action": actions, "Resource": resources})
        if actions == ["iam:PassRole"]:
            allowed[-1]["Condition"] = {"StringEquals": {PASSED_TO: [*service, TRUSTED][0]}}
    return {"Version": "2012-10-17", "Statement": allowed}


def trust(service: str) -> dict:
    """Return the trust policy of a role that one service may assume."""
    return {"Version": "2012-10-17", "Statement": [statement(service)]}


def put_role(config: Config, name: str, service: str, statements: Permissions) -> str:
    """Create a role that one service may assume, or renew its permissions; return its ARN."""
    iam = client(config, "iam")
    try:
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(trust(service)),
            Description=f"What {service} may do for the Birds & Bins course",
        )
    except iam.exceptions.EntityAlreadyExistsException:
        pass  # renewed below
    iam.put_role_policy(
        RoleName=name, PolicyName="course", PolicyDocument=json.dumps(document(statements))
    )
    return iam.get_role(RoleName=name)["Role"]["Arn"]


def wait_until_seen(config: Config, name: str) -> None:
    """Wait until a role is so old that each service sees it.

    For services that take any role and fail later; `new_roles.py` has those that refuse one.
    """
    answer = client(config, "iam").get_role(RoleName=name)
    now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    age = (now - answer["Role"]["CreateDate"]).total_seconds()
    time.sleep(min(max(0.0, config.role_seconds - age), config.role_seconds))


def delete_role(config: Config, name: str | None = None) -> bool:
    """Delete a role of the course and its policies; return whether it existed.

    Args:
        name: None for the execution role, which stays where it is the account's own.
    """
    if name is None and config.account.role:
        return False
    iam, name = client(config, "iam"), name or config.role
    try:
        pages = iam.get_paginator("list_role_policies").paginate(RoleName=name)
        for policy in [each for page in pages for each in page["PolicyNames"]]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)
    except iam.exceptions.NoSuchEntityException:
        return False
    return True
