"""The contract of an engine, and the parts that engines are made from; knows no service.

An engine calls another service by `Parts.call` alone, as a client would, and another engine of the
same service by `Parts.engine`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Self, TypeVar

from botocore import xform_name

from local_aws.context import Context
from local_aws.state.catalog import Catalog
from local_aws.state.documents import Documents
from local_aws.state.faults import Faults
from local_aws.state.late_lists import LateLists
from local_aws.state.objects.store import ObjectStore
from local_aws.state.role_keys import Lease, RoleKeys
from local_aws.state.state_changes import StateChanges

Request = dict[str, Any]
Answer = dict[str, Any]


class Engine:
    """Executes operations: each is a method with boto3's name, from a request to an answer.

    A request is valid by botocore's model; an answer has the shape of the operation's output; a
    request that AWS refuses raises AwsError. HTTP is the matter of `wire/`. `operations.py` finds
    every class in `local_aws.services` that has `operations`.
    """

    name: ClassVar[str]
    """Key of the engine in `Parts.engines`."""
    operations: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """The executed operations by service; services have boto3's names, each operation
    has the members of its request that are done (`local_aws/wire/members.py`)."""
    calls: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What other engines alone may call, by service and operation: AWS's own services do it too,
    and boto3 has no operation for it, such as NotifyEvent of Glue."""

    def __init__(self, parts: "Parts"):
        self.parts = parts

    def method(self, operation: str) -> Callable[[Request], Answer | None]:
        """Return the method that executes an operation."""
        return getattr(self, xform_name(operation))

    def recover(self) -> None:
        """Finish or fail work that the last server's end interrupted; called before any request."""

    def shut_down(self) -> None:
        """End all running work within seconds; called after the last request."""


Call = Callable[[str, str, Request], Answer]
"""From service, operation and request to the answer."""
E = TypeVar("E", bound=Engine)
Table = Mapping[tuple[str, str], type[Engine]]


class Parts:
    """The state, the clock, the faults and the services of one local AWS.

    Args:
        table: the engine class of each executed operation, by service and operation.
        recorded: the WSGI app that keeps the recorded operations.
        record: records an operation that no engine executes, and returns the answer.
    """

    def __init__(
        self,
        context: Context,
        *,
        store: ObjectStore,
        table: Table,
        recorded: Callable,
        record: "Call",
    ):
        self.context, self.store, self.recorded, self._table = context, store, recorded, table
        self._record = record
        self.clock, self.faults, self.changes = store.index.clock, Faults(), StateChanges()
        self.policies: list[dict] = []
        """The user's policies, which every request is held to; none: no request is."""
        self.keys = RoleKeys(context.access_key, context.secret_key)
        lists = LateLists(self.clock, partial(self.faults.lag, "sagemaker", "List"))
        self.documents = Documents(context.state / "documents.sqlite", lists)
        self.catalog = Catalog(context.state / "glue", self.clock)
        self.engines: dict[str, Engine] = {}
        """The engines by name, each after the engines that it was made with."""

    def lease(self, role_arn: str | None) -> Lease:
        """Return the key of a container's role; nothing where nobody is held to policies."""
        return self.keys.lease(role_arn) if self.policies else Lease()

    def engine(self, kind: type[E]) -> E:
        """Return the engine of a class, for another engine of the same service."""
        if kind.name not in self.engines:
            made = kind(self)
            self.engines[kind.name] = made
        return self.engines[kind.name]

    def build(self) -> Self:
        """Make every engine of the table."""
        for kind in dict.fromkeys(self._table.values()):
            self.engine(kind)
        return self

    def is_executed(self, service: str, operation: str) -> bool:
        """Say whether an engine executes an operation."""
        return (service, operation) in self._table

    def has(self, service: str, operation: str) -> bool:
        """Say whether an engine may call an operation of another one."""
        return self._kind(service, operation) is not None

    def _kind(self, service: str, operation: str) -> type[Engine] | None:
        row = (service, operation)
        kinds = self._table.values()
        return self._table.get(row) or next((each for each in kinds if row in each.calls), None)

    def members(self, service: str, operation: str) -> str:
        """Return the members of an executed operation's request that are done."""
        return self._table[service, operation].operations[service][operation]

    def call(self, service: str, operation: str, request: Request) -> Answer:
        """Execute or record an operation, and return its answer.

        Raises:
            AwsError: the service refuses it.
        """
        if (kind := self._kind(service, operation)) is None:
            return self._record(service, operation, request)
        return self.engine(kind).method(operation)(request) or {}
