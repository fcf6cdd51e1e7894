"""Finds the operation of a REST request by its method, path, query and headers, with moto's router.

The only module that knows moto's routing; it is imported at the first REST request.
"""

from functools import cache
from typing import Any


def match(service: str, environ: dict) -> tuple[str, dict[str, str]]:
    """Return the operation's name and the values in its path; ('', {}) without an operation."""
    from moto.core.request import Request
    from werkzeug.exceptions import NotFound

    try:
        operation, labels = _router(service).match(Request(environ))
    except NotFound:
        return "", {}
    return operation.name, labels


@cache
def _router(service: str) -> Any:
    from moto.core.routing import RestRouter
    from moto.core.utils import get_service_model

    return RestRouter(get_service_model(service))
