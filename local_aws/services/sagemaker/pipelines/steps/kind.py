"""What a kind of step does: the contract that an execution runs, and requests like a client's."""

import hashlib
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.role_trust import is_assumable
from local_aws.services.sagemaker.pipelines.graph import Step
from local_aws.services.sagemaker.pipelines.references import fitted, literal
from local_aws.services.sagemaker.pipelines.steps.permissions import check_step, resource_name
from local_aws.wire.members import left_out
from local_aws.wire.validation import check_request, operation_model

SERVICE = "sagemaker.amazonaws.com"
ROLES = ("RoleArn", "ExecutionRoleArn")
LONGEST_NAME = 63


class End(NamedTuple):
    """How a step has ended."""

    status: str
    reason: str = ""
    outputs: dict | None = None
    """The properties that other steps may refer to."""
    metadata: dict | None = None
    """More of the step's metadata."""


class Kind:
    """One kind of step. A step's record has `_name`, what it makes, and `_request`.

    Args:
        wake: has the executions look at their steps now.
    """

    type: ClassVar[str]
    operation: ClassVar[str] = ""
    """SageMaker's operation that starts it."""
    named: ClassVar[str] = ""
    """The member of the request that names what it makes."""
    compared: ClassVar[tuple[str, ...]] = ()
    """The arguments that a cache hit has in common; all of them where it is empty."""
    cacheable: ClassVar[bool] = False

    def __init__(self, parts: Parts, wake: Callable[[], object]):
        self.parts, self.wake = parts, wake

    @property
    def longest(self) -> int:
        """Return the most characters of the name of what it makes."""
        if not self.named:
            return LONGEST_NAME
        shape = operation_model("sagemaker", self.operation).input_shape
        return shape.members[self.named].metadata.get("max", LONGEST_NAME)

    def check(self, step: Step) -> None:
        """Refuse, when a pipeline is made, what the step's operation would refuse.

        Raises:
            AwsError: ValidationException.
        """
        if not self.operation:
            return
        shape = operation_model("sagemaker", self.operation).input_shape
        done = self.parts.members("sagemaker", self.operation)
        given = step.arguments
        if unknown := sorted(given.keys() - shape.members.keys()):
            raise AwsError("ValidationException", f"Step {step.name}: unknown {', '.join(unknown)}")
        if names := left_out(shape, literal(given), done):
            words = f"{self.operation} with {', '.join(names)}: step {step.name}"
            raise AwsError("ValidationException", f"The local AWS does not support {words}")

    def request(self, step: Step, arguments: dict, name: str) -> dict:
        """Return the request that starts the step, from its resolved arguments."""
        shape = operation_model("sagemaker", self.operation).input_shape
        return fitted(shape, {**arguments, self.named: name})

    @abstractmethod
    def start(self, record: dict, is_again: bool) -> dict:
        """Start the step, and return its metadata.

        Args:
            is_again: whether a server that was killed may have started it already.

        Raises:
            AwsError: it can't be started.
        """

    @abstractmethod
    def end(self, record: dict) -> End | None:
        """Return how the step has ended; None while it runs."""

    def stop(self, record: dict) -> None:
        """Stop what the step has started, if that can be stopped."""

    def send(self, record: dict, operation: str = "", **more: Any) -> dict:
        """Send a step's request as a client with the pipeline's role would.

        Args:
            operation: where it is not the kind's own.
            more: members of the request beside the record's.

        Raises:
            AwsError: the role may not, or SageMaker refuses it.
        """
        operation, request = operation or self.operation, {**record["_request"], **more}
        try:
            name = resource_name(operation, self.named, request)
            arn = self.parts.context.arn("sagemaker", name)
            check_step(self.parts, record, f"sagemaker:{operation}", arn, *_roles(request))
            return send(self.parts, operation, request)
        except AwsError as error:
            words = f"Failed to invoke sagemaker:{operation}. Error Details: {error.message}"
            raise AwsError(error.code, words, error.status) from None


def send(parts: Parts, operation: str, request: dict) -> dict:
    """Send an operation of SageMaker as a client would, and return the answer.

    Raises:
        AwsError: SageMaker refuses it.
    """
    if parts.faults.draw("throttled", "sagemaker", operation):
        raise AwsError("ThrottlingException", "Rate exceeded", 429)
    check_request("sagemaker", operation, request)
    shape = operation_model("sagemaker", operation).input_shape
    if names := left_out(shape, request, parts.members("sagemaker", operation)):
        words = f"The local AWS does not support {operation} with {', '.join(names)}"
        raise AwsError("ValidationException", words)
    for arn in _roles(request):
        if not is_assumable(parts, arn, SERVICE):
            words = f"Could not assume role {arn}. Please ensure that the role exists and"
            raise AwsError(
                "ValidationException", f"{words} allows principal '{SERVICE}' to assume the role."
            )
    return parts.call("sagemaker", operation, request)


def _roles(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value[name] for name in ROLES if isinstance(value.get(name), str)]
        return own + [arn for inner in value.values() for arn in _roles(inner)]
    return [arn for inner in value for arn in _roles(inner)] if isinstance(value, list) else []


def unique_name(execution: str, step: str, attempt: int, prefix: str | None, longest: int) -> str:
    """Return the name of what a step makes: the same after a restart, another for each attempt.

    Args:
        execution: the execution's id.
        prefix: the name in the step's arguments, where the definition has custom prefixes.
        longest: the most characters of the name.
    """
    digest = hashlib.sha256(f"{execution} {step} {attempt}".encode()).hexdigest()[:10]
    if prefix:
        words, tail = prefix, f"{execution}-{digest}"
    else:  # a tuning job's name has no room for the first word
        first = "pipelines-" if longest >= LONGEST_NAME else ""
        words, tail = f"{first}{execution}-{step.replace('_', '-')}", digest
    return f"{words[: longest - len(tail) - 1].strip('-')}-{tail}"
