"""The settings of a company for tests: a role, a bucket, a network, a key, tags."""

from helpers.account_settings import AccountSettings
from tools.company import BOUNDARY, KEY

COMPANY = AccountSettings(
    subnets=("subnet-1", "subnet-2"),
    security_groups=("sg-1",),
    kms_key=KEY,
    tags=(("team", "birds"), ("cost-center", "42")),
    permissions_boundary=BOUNDARY,
    workgroup="primary",
    glue_connection="company-network",
    wandb_secret="birds/wandb",
)
"""All that goes into requests; the course makes its own role and bucket."""
