"""The table of operations: which engine executes which operation; knows no operation's meaning.

Each engine's class holds the rows of its operations; this module joins them. The operations in
`recorded/recorded_operations.py` go to moto; every other operation is refused by name. Services
have boto3's names.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from local_aws import services
from local_aws.parts import Engine, Table


def engines() -> Iterator[type[Engine]]:
    """Yield every engine class of the services."""
    for module in walk_packages(services.__path__, f"{services.__name__}."):
        for value in vars(import_module(module.name)).values():
            is_engine = isinstance(value, type) and issubclass(value, Engine)
            if is_engine and value.operations and value.__module__ == module.name:
                yield value


@cache
def table() -> Table:
    """Return the engine class of each executed operation, by service and operation.

    Raises:
        ValueError: two engines execute one operation, or have one name.
    """
    rows, names = {}, {}
    for engine in engines():
        if names.setdefault(engine.name, engine) is not engine:
            raise ValueError(f"Two engines are called {engine.name}")
        for service, operations in engine.operations.items():
            for operation in operations:
                if rows.setdefault((service, operation), engine) is not engine:
                    raise ValueError(f"{service}:{operation} is executed twice")
    return rows


def members(service: str, operation: str) -> str | None:
    """Return the members of a request that are done; None where they are not held to a list."""
    if engine := table().get((service, operation)):
        return engine.operations[service][operation]
    return None


def engine_of(service: str, operation: str) -> str | None:
    """Return the name of the engine that executes an operation, or None."""
    engine = table().get((service, operation))
    return engine.name if engine else None
