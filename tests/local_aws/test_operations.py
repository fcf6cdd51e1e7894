"""Every row of the table of operations is an operation of AWS, with a method of an engine."""

import pytest

from local_aws.operations import engine_of, table
from local_aws.parts import Engine
from local_aws.wire.validation import service_model

DIALECTS = ("s3", "catalog", "athena")
"""Engines whose operations are no method each of the class itself."""


@pytest.mark.parametrize("service, operation", table())
def test_every_operation_is_one_of_aws_and_has_its_method(service, operation):
    assert operation in service_model(service).operation_names
    engine = table()[service, operation]
    if engine.name not in DIALECTS:
        assert callable(Engine.method(engine, operation))


def test_what_is_not_in_the_table_has_no_engine():
    assert engine_of("iam", "CreateRole") is None
