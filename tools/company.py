"""A made-up company: its settings, and what its administrator makes; runs nothing of the course."""

import json

from helpers.config import Config
from helpers.events import SERVICE as RULES
from helpers.events import permissions as rule_permissions
from helpers.gateway import gateway_permissions
from helpers.gateway_document import ASSUMED_BY
from helpers.glue_role import TRUSTED as GLUE
from helpers.glue_role import permissions as glue_permissions
from helpers.roles import TRUSTED, permissions
from helpers.schedules import schedule_permissions
from helpers.session import client
from helpers.user_policy import SCHEDULER

KEY = "arn:aws:kms:us-east-1:000000000000:key/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f"
BOUNDARY = "arn:aws:iam::000000000000:policy/bound"
ROLE = "arn:aws:iam::000000000000:role/service-role/team-jobs"
BUCKET = "company-data"
VARIABLES = {
    "COURSE_SUBNETS": "subnet-1,subnet-2",
    "COURSE_SECURITY_GROUPS": "sg-1",
    "COURSE_KMS_KEY": KEY,
    "COURSE_TAGS": "team=birds,cost-center=42",
    "COURSE_PERMISSIONS_BOUNDARY": BOUNDARY,
    "COURSE_ATHENA_WORKGROUP": "primary",
    "COURSE_GLUE_CONNECTION": "company-network",
    "COURSE_WANDB_SECRET": "birds/wandb",
}
"""All that goes into requests; the course makes its own role and bucket."""
EXISTING = {"COURSE_ROLE_ARN": ROLE, "COURSE_BUCKET": f"{BUCKET}/team"}
"""A role and a bucket that are there."""
OTHERS = "somebody/else.txt"
"""An object in the bucket that is not the course's."""


def furnish(config: Config) -> None:
    """Make the boundary of roles, and the role and the bucket where the settings name them."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    client(config, "iam").create_policy(
        PolicyName=BOUNDARY.rpartition("/")[2], PolicyDocument=_policy(allow)
    )
    if config.account.bucket:
        _make_bucket(config)
    if config.account.role_arn:
        _make_role(config)


def kept(config: Config) -> dict[str, object]:
    """Return what is there of the role and the bucket, and the keys of all objects."""
    role = client(config, "iam").get_role(RoleName=ROLE.rpartition("/")[2])["Role"]["Arn"]
    pages = client(config, "s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return {"role": role, "keys": keys}


def _make_bucket(config: Config) -> None:
    """Make the bucket as companies do: with a key, and its objects told to EventBridge."""
    s3 = client(config, "s3")
    s3.create_bucket(Bucket=BUCKET)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
        },
    )
    # 03 asks for it: in a bucket that it has not made, the course changes no setting.
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    s3.put_object(Bucket=BUCKET, Key=OTHERS, Body=b"not the course's")


def _make_role(config: Config) -> None:
    """Make the role with the permissions of all the course's, for the services that assume it."""
    iam, name = client(config, "iam"), ROLE.rpartition("/")[2]
    services = {"Service": [TRUSTED, ASSUMED_BY, GLUE, RULES, SCHEDULER]}
    trust = {"Effect": "Allow", "Principal": services, "Action": "sts:AssumeRole"}
    page = config.key("page", "index.html")
    needed = (
        *permissions(config).values(),
        *glue_permissions(config).values(),
        *rule_permissions(config).values(),
        *schedule_permissions(config, ROLE).values(),
        *gateway_permissions(config, config.name, page).values(),
    )
    iam.create_role(
        RoleName=name,
        Path=ROLE.partition(":role")[2].removesuffix(name),
        AssumeRolePolicyDocument=_policy(trust),
    )
    allowed = [
        {"Effect": "Allow", "Action": actions, "Resource": resources}
        for actions, resources in needed
    ]
    iam.put_role_policy(RoleName=name, PolicyName="jobs", PolicyDocument=_policy(*allowed))


def _policy(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})
