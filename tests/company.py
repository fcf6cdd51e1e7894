"""The settings of a company for tests: a role, a bucket, a network, a key, tags."""

from helpers.account_settings import AccountSettings

KEY = "arn:aws:kms:us-east-1:000000000000:key/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f"
BOUNDARY = "arn:aws:iam::000000000000:policy/bound"
COMPANY = AccountSettings(
    subnets=("subnet-1", "subnet-2"),
    security_groups=("sg-1",),
    kms_key=KEY,
    tags=(("team", "birds"), ("cost-center", "42")),
    permissions_boundary=BOUNDARY,
    workgroup="primary",
    wandb_secret="birds/wandb",
)
"""All that goes into requests; the course makes its own role and bucket."""
VARIABLES = {
    "COURSE_SUBNETS": "subnet-1,subnet-2",
    "COURSE_SECURITY_GROUPS": "sg-1",
    "COURSE_KMS_KEY": KEY,
    "COURSE_TAGS": "team=birds,cost-center=42",
    "COURSE_PERMISSIONS_BOUNDARY": BOUNDARY,
    "COURSE_ATHENA_WORKGROUP": "primary",
    "COURSE_WANDB_SECRET": "birds/wandb",
}
"""The environment that says so."""
