"""The table of operations: every row is an operation of AWS, and an engine that has it."""

import pytest

from local_aws.operations import TABLE, engine_of, method_of
from local_aws.server import Engines
from local_aws.wire.validation import service_model

NO_METHODS = ("s3",)
"""Its engine is a WSGI app."""
ROWS = [
    (service, engine, operation)
    for service, engines in TABLE.items()
    for engine, operations in engines.items()
    for operation in operations
]


@pytest.mark.parametrize("service, engine, operation", ROWS)
def test_every_operation_is_one_of_aws_and_has_its_method(service, engine, operation):
    assert operation in service_model(service).operation_names
    if service not in NO_METHODS:
        kind = Engines.__dataclass_fields__[engine].type
        assert callable(getattr(kind, method_of(operation), None))


def test_what_is_not_in_the_table_has_no_engine():
    assert engine_of("iam", "CreateRole") is None
