"""Quotas: how many instances of a type an account may use at once; knows counts, and no jobs.

`quotas.json` in the state folder has the quotas that were set, by AWS's names, such as
"ml.g4dn.xlarge for training warm pool usage" (0 by AWS's default).
Left out: quotas over all instance types.
"""

import json
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.state.files import write_atomic

DEFAULT = 20
USES = (
    "training job",
    "spot training job",
    "training warm pool",
    "processing job",
    "transform job",
)


class Quotas:
    """The quotas of one state folder."""

    def __init__(self, state: Path):
        self._file = state / "quotas.json"

    def set(self, name: str, most: int) -> None:
        """Set a quota; it holds for all later requests.

        Raises:
            ValueError: AWS has no quota of that name.
        """
        if not any(name.startswith("ml.") and name.endswith(f" for {use} usage") for use in USES):
            examples = "; ".join(f"ml.m5.large for {use} usage" for use in USES)
            raise ValueError(f"There is no quota {name!r}: the names are {examples}")
        write_atomic(self._file, json.dumps(self._read() | {name: most}, indent=1).encode())

    def applied(self) -> dict[str, int]:
        """Return the quotas that were set, by name."""
        return self._read()

    def check(self, instance_type: str, use: str, used: int, more: int) -> None:
        """Refuse a request for more instances than the quota allows.

        Raises:
            AwsError: ResourceLimitExceeded, in AWS's words.
        """
        name = f"{instance_type} for {use} usage"
        most = self._read().get(name, DEFAULT)
        if used + more > most:
            message = (
                f"The account-level service limit '{name}' is {most} Instances, with current"
                f" utilization of {used} Instances and a request delta of {more} Instances. Please"
                " use AWS Service Quotas to request an increase for this quota. If AWS Service"
                " Quotas is not available, contact AWS support to request an increase for this"
                " quota."
            )
            raise AwsError("ResourceLimitExceeded", message)

    def _read(self) -> dict[str, int]:
        return json.loads(self._file.read_text()) if self._file.exists() else {}
