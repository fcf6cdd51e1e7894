"""The verdict on an attempt: its status and its FailureReason; runs nothing."""

from typing import NamedTuple, Self

from local_aws.errors import AwsError
from local_aws.instances.container import Container
from local_aws.instances.failure_reason import failure_reason
from local_aws.instances.group import Instance, Outcome
from local_aws.state import paths
from local_aws.state.disk import FULL_MESSAGE, is_full
from local_aws.state.files import read_head

AGAIN = "Again"
"""Status of an attempt after which another follows; no caller sees it."""
INTERNAL = "InternalServerError"
MOST_BYTES = 2**16
"""Of a failure file: a FailureReason has 1,024 characters."""


class Verdict(NamedTuple):
    """A job's status after an attempt, and its FailureReason."""

    status: str
    reason: str | None = None

    @property
    def is_internal(self) -> bool:
        """Say whether the error is internal, of the local AWS itself."""
        return bool(self.reason) and self.reason.startswith(INTERNAL)

    def without(self, path: str) -> Self:
        """Return the verdict without a path of this machine in the reason."""
        return self._replace(reason=self.reason and self.reason.replace(path, ""))


def client_error(error: Exception) -> Verdict | None:
    """Return the verdict for a client error or a full disk; None for an internal error."""
    if is_full(error):
        return Verdict("Failed", f"ClientError: {FULL_MESSAGE}")
    if isinstance(error, AwsError | OSError):
        return Verdict("Failed", f"ClientError: {getattr(error, 'message', error)}")
    return None


def failed(
    outcome: Outcome, containers: list[Container], instances: list[Instance], file: str
) -> Verdict:
    """Return the verdict on a job with a failed instance.

    Args:
        file: the file below /opt/ml where a job may write its reason.
    """
    index = [instance.host for instance in instances].index(outcome.failed)
    container, instance = containers[index], instances[index]
    path = paths.below(container.ml, file)
    written = read_head(path, MOST_BYTES).decode(errors="replace")
    code = outcome.codes[outcome.failed]
    lines, *others = (
        [container.outward(line) for line in each.tail]
        for each in [instance, *(each for each in instances if each is not instance)]
    )
    return Verdict("Failed", failure_reason(container.outward(written), lines, code, others))
