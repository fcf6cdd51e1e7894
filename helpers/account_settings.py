"""What a company's account prescribes: a role, a bucket, a network, a key, tags; asks no service.

All of it is optional, and nothing changes where it is not set. `request_fields` fills it into
requests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from helpers import course_tag

TAG = re.compile(r"[\w .:/=+\-@]+")
"""What every service takes in a tag: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"""
MOST_TAGS = 49
"""AWS takes 50; one is the course's own."""


@dataclass(frozen=True)
class Setting:
    """One variable of the environment: the form of its value, and an example of it."""

    name: str
    pattern: str
    example: str

    def check(self, value: str) -> str:
        """Return a value that has the form.

        Raises:
            ValueError: it does not; the message has an example.
        """
        if not re.fullmatch(self.pattern, value):
            raise ValueError(
                f"{self.name}={value!r} has not the form of {self.example}: "
                "correct it, or unset it to have the course make or choose its own"
            )
        return value


_ARN = r"arn:aws[\w-]*"
ROLE = Setting(
    "COURSE_ROLE_ARN", _ARN + r":iam::\d{12}:role/[\w+=,.@/-]+",
    "arn:aws:iam::<account>:role/<name>",
)  # fmt: skip
BUCKET = Setting(
    "COURSE_BUCKET", r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w!.*'()/-]+)?",
    "my-bucket or my-bucket/a/prefix",
)  # fmt: skip
SUBNETS = Setting("COURSE_SUBNETS", r"subnet-[\w-]+(,subnet-[\w-]+)*", "subnet-1,subnet-2")
GROUPS = Setting("COURSE_SECURITY_GROUPS", r"sg-[\w-]+(,sg-[\w-]+){0,4}", "sg-1,sg-2")
# The volumes of training jobs take no alias, and a policy names a key by its ARN.
KEY = Setting(
    "COURSE_KMS_KEY", _ARN + r":kms:[\w-]+:\d{12}:key/[\w-]+",
    "arn:aws:kms:<region>:<account>:key/<id>",
)  # fmt: skip
TAGS = Setting("COURSE_TAGS", r"[^=,]+=[^,]*(,[^=,]+=[^,]*)*", "team=birds,cost-center=42")
BOUNDARY = Setting(
    "COURSE_PERMISSIONS_BOUNDARY", _ARN + r":iam::(\d{12}|aws):policy/[\w+=,.@/-]+",
    "arn:aws:iam::<account>:policy/<name>",
)  # fmt: skip
WORKGROUP = Setting("COURSE_ATHENA_WORKGROUP", r"[\w.-]{1,128}", "analysts")
CONNECTION = Setting("COURSE_GLUE_CONNECTION", r"[\w.-]{1,255}", "team-network")
SECRET = Setting("COURSE_WANDB_SECRET", r"[\w/+=.@-]{1,512}", "birds/wandb")
BUDGET = Setting(
    "COURSE_BUDGET", r"\d*[1-9]\d*(\.\d{1,2})?(,[^,@\s]+@[^,@\s]+)?", "5 or 5,me@example.org"
)
SETTINGS = (
    ROLE, BUCKET, SUBNETS, GROUPS, KEY, TAGS, BOUNDARY, WORKGROUP, CONNECTION, SECRET, BUDGET,
)  # fmt: skip


@dataclass(frozen=True)
class AccountSettings:
    """What the account's owner prescribes; None or empty where the course chooses itself."""

    role_arn: str | None = None
    """Of an execution role that is there; the course makes none and deletes none."""
    bucket: str | None = None
    """A bucket that is there; the course makes none and deletes none."""
    prefix: str = ""
    """Where in that bucket the course's own folder lies."""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    kms_key: str | None = None
    """ARN of the key that encrypts objects, volumes, images, cards and query results."""
    tags: tuple[tuple[str, str], ...] = ()
    permissions_boundary: str | None = None
    """ARN of the policy that bounds every role that is made."""
    workgroup: str | None = None
    """Athena's, for all queries."""
    glue_connection: str | None = None
    """Name of Glue's connection of the type NETWORK by which Spark jobs join the subnets."""
    wandb_secret: str | None = None
    """Name of the secret in Secrets Manager with the key for wandb."""
    budget: str | None = None
    """Dollars a month above which AWS Budgets raises an alarm, and the address for its letters."""

    @property
    def role(self) -> str | None:
        """Name of the role, without its path."""
        return self.role_arn.rpartition("/")[2] if self.role_arn else None

    @property
    def vpc(self) -> dict[str, list[str]] | None:
        """Subnets and security groups, as SageMaker's VpcConfig has them."""
        if not self.subnets:
            return None
        return {"SecurityGroupIds": [*self.security_groups], "Subnets": [*self.subnets]}

    @property
    def glue_connections(self) -> dict[str, list[str]] | None:
        """The connection, as a Glue job has it."""
        return {"Connections": [self.glue_connection]} if self.glue_connection else None

    @property
    def tag_list(self) -> list[dict[str, str]]:
        """Tags as most requests have them."""
        return [{"Key": name, "Value": value} for name, value in self.tags]

    @property
    def tag_map(self) -> dict[str, str]:
        """Tags as API Gateway and Glue have them."""
        return dict(self.tags)

    @property
    def encryption(self) -> str | None:
        """S3's name of the encryption under a key."""
        return "aws:kms" if self.kms_key else None

    @property
    def query_encryption(self) -> dict[str, str] | None:
        """Encryption of a query's results, as Athena has it."""
        return {"EncryptionOption": "SSE_KMS", "KmsKey": self.kms_key} if self.kms_key else None

    @property
    def image_encryption(self) -> dict[str, str] | None:
        """Encryption of a repository's images, as ECR has it."""
        return {"encryptionType": "KMS", "kmsKey": self.kms_key} if self.kms_key else None


def read_settings(variables: Mapping[str, str]) -> AccountSettings:
    """Return the settings of an environment's variables.

    Raises:
        ValueError: one has not its form, or lacks another; the message says what to do.
    """
    values = {
        setting.name: setting.check(value.strip())
        for setting in SETTINGS
        if (value := variables.get(setting.name, "")).strip()
    }
    if (SUBNETS.name in values) != (GROUPS.name in values):
        present, absent = sorted((SUBNETS.name, GROUPS.name), key=lambda name: name not in values)
        raise ValueError(
            f"{present} is set and {absent} is not: a network needs both, set {absent}"
        )
    bucket, _, prefix = values.get(BUCKET.name, "").partition("/")
    return AccountSettings(
        role_arn=values.get(ROLE.name),
        bucket=bucket or None,
        prefix=prefix.strip("/"),
        subnets=_list(values.get(SUBNETS.name)),
        security_groups=_list(values.get(GROUPS.name)),
        kms_key=values.get(KEY.name),
        tags=_tags(values.get(TAGS.name)),
        permissions_boundary=values.get(BOUNDARY.name),
        workgroup=values.get(WORKGROUP.name),
        glue_connection=values.get(CONNECTION.name),
        wandb_secret=values.get(SECRET.name),
        budget=values.get(BUDGET.name),
    )


def _list(value: str | None) -> tuple[str, ...]:
    return tuple(value.split(",")) if value else ()


def _tags(value: str | None) -> tuple[tuple[str, str], ...]:
    """Return the pairs of `name=value,name=value`."""
    pairs = tuple(
        (name.strip(), text.strip())
        for name, _, text in (item.partition("=") for item in _list(value))
    )
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{TAGS.name} has {', '.join(twice)} twice: give each name one value")
    if own := [name for name in names if name.lower() == course_tag.KEY]:  # IAM ignores the case
        raise ValueError(
            f"{TAGS.name} has {own[0]}, the name of the course's own tag: leave it out"
        )
    if len(pairs) > MOST_TAGS:
        raise ValueError(
            f"{TAGS.name} has {len(pairs)} tags: AWS takes {MOST_TAGS} at most beside the course's"
        )
    for name, text in pairs:
        if not TAG.fullmatch(name) or (text and not TAG.fullmatch(text)) or name[:4] == "aws:":
            raise ValueError(
                f"{TAGS.name} has {name}={text}, which AWS takes in no tag: use letters, digits, "
                "spaces and . : / = + - @ _, and no name that begins with aws:"
            )
    return pairs
