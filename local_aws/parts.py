"""What every engine is made from, and what every engine is; knows no service.

An engine reaches another service by `Parts.call` alone, as a client would, and the other engines
of its own service by `Parts.engine`.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar

from botocore import xform_name

from local_aws.context import Context
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents
from local_aws.state.faults import Faults
from local_aws.state.late_lists import LateLists
from local_aws.state.objects.store import ObjectStore

Request = dict[str, Any]
Answer = dict[str, Any]


class Engine:
    """Executes operations: each is a method, in boto3's spelling, from a request to an answer.

    A request is valid by botocore's model; an answer has the shape of the operation's output; what
    AWS refuses raises AwsError. HTTP is the door's matter. A class of `local_aws.services` that
    names `operations` is found by `operations.py`.
    """

    name: ClassVar[str]
    """In the table of operations and in `Parts.engines`."""
    operations: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Service, as boto3 names it, to the operations that are executed here."""

    def __init__(self, parts: "Parts"):
        self.parts = parts

    def method(self, operation: str) -> Callable[[Request], Answer | None]:
        """Return what executes an operation."""
        return getattr(self, xform_name(operation))

    def recover(self) -> None:
        """Set right what the last server's end interrupted; called before requests come."""

    def shut_down(self) -> None:
        """End all that runs, within seconds; called after the last request."""


Call = Callable[[str, str, Request], Answer]
"""Service, operation and request to the answer."""
E = TypeVar("E", bound=Engine)
Table = Mapping[tuple[str, str], type[Engine]]


class Parts:
    """The state, the clock, the faults and the other services, for one local AWS.

    Args:
        table: which engine executes which operation of which service.
        recorded: the WSGI app that keeps what is only recorded.
        record: has an operation recorded that no engine executes.
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
        self.clock, self.faults = Clock(), Faults()
        lists = LateLists(self.clock, self.faults.lists_late)
        self.documents = Documents(context.state / "documents.sqlite", lists)
        self.catalog = Catalog(context.state / "glue", self.clock)
        self.engines: dict[str, Engine] = {}
        """By name, each after those that it was made with."""

    def engine(self, kind: type[E]) -> E:
        """Return the one engine of a class, for another one of the same service."""
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

    def call(self, service: str, operation: str, request: Request) -> Answer:
        """Have an operation executed.

        Raises:
            AwsError: the service refuses it.
        """
        if (kind := self._table.get((service, operation))) is None:
            return self._record(service, operation, request)
        return self.engine(kind).method(operation)(request) or {}
