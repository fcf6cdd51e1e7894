"""The role of the course's Spark jobs, with the permissions that they need; starts no job.

It reads raw data, writes curated data and turns tables, and trusts Glue alone: a mistake in a
script touches no shard and no model. A role that the account has is neither made nor changed.
"""

from helpers.config import DATABASE, PROJECT, Config
from helpers.role_trust import companys_role
from helpers.roles import Permissions, put_role

TRUSTED = "glue.amazonaws.com"
ROLE = f"{PROJECT}-glue"


def permissions(config: Config) -> Permissions:
    """Return the role's permissions."""
    first, second = (f"arn:aws:s3:::{name}" for name in (config.bucket, config.curated_bucket))
    logs = f"arn:aws:logs:{config.region}:*:log-group:/aws-glue/jobs/*"
    catalog = f"arn:aws:glue:{config.region}:*"
    statements = {
        "read raw data, tables and the jobs' code": (
            ["s3:GetObject"],
            [f"{first}/{config.home}{kind}/*" for kind in ("raw", "tables", "code")],
        ),
        "read and write curated data": (
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            [f"{second}/{config.home}curated/*"],
        ),
        "list the course's buckets": (
            ["s3:ListBucket", "s3:GetBucketLocation"], [*dict.fromkeys((first, second))],
        ),
        "read tables, make them and turn them to new files": (
            ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables",
             "glue:GetPartitions", "glue:CreateTable", "glue:UpdateTable",
             "glue:BatchCreatePartition", "glue:BatchDeletePartition"],
            [f"{catalog}:catalog", f"{catalog}:database/{DATABASE}*",
             f"{catalog}:database/default", f"{catalog}:table/{DATABASE}*/*"],
        ),
        "write logs": (
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [logs, f"{logs}:log-stream:*"],
        ),
    }  # fmt: skip
    if config.account.glue_connection:
        # Those of AWS's own policy AWSGlueServiceRole for its network interfaces:
        # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html
        connection = f"connection/{config.account.glue_connection}"
        statements["read the connection"] = (
            ["glue:GetConnection"],
            [f"{catalog}:catalog", f"{catalog}:{connection}"],
        )
        statements["join the connection's network"] = (
            [
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeRouteTables",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcAttribute",
                "ec2:DescribeVpcEndpoints",
            ],
            ["*"],
        )
        statements["tag the network interfaces"] = (
            ["ec2:CreateTags", "ec2:DeleteTags"],
            [f"arn:aws:ec2:{config.region}:*:network-interface/*"],
        )  # fmt: skip
    if config.account.kms_key:
        statements["use the account's key"] = (
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            [config.account.kms_key],
        )
    return statements


def make_glue_role(config: Config) -> str:
    """Create the role of Spark jobs, or renew its permissions, and return its ARN."""
    if arn := companys_role(config, TRUSTED):
        return arn
    return put_role(config, ROLE, TRUSTED, permissions(config))
