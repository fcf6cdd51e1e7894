"""The table of operations: which engine executes which operation; knows no operation's meaning.

Each engine's class holds the rows of its operations; this module joins them. The operations in
`recorded/recorded_operations.py` go to moto; every other operation is refused by name. Services
have boto3's names.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from local_aws import services
from local_aws.parts import Engine, Table


def engines() -> Iterator[type[Engine]]:
    """Yield every engine class of the services."""
    for module in _modules(services):
        for value in vars(module).values():
            is_engine = isinstance(value, type) and issubclass(value, Engine)
            if is_engine and value.operations and value.__module__ == module.__name__:
                yield value


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    """Yield the modules below a package; `service` alone where there is one.

    Such a service imports the others at its first request.
    """
    names = [module.name for module in iter_modules(package.__path__)]
    for name in ["service"] if "service" in names else names:
        module = import_module(f"{package.__name__}.{name}")
        yield module
        if hasattr(module, "__path__"):
            yield from _modules(module)


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
