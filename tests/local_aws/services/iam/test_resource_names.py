"""Every template of a resource's name names members that a request of its operations can have."""

from fnmatch import fnmatchcase
from string import Formatter

import pytest

from local_aws.services.iam.needs import DEFAULTS
from local_aws.services.iam.resource_names import ALSO, RESOURCES
from local_aws.wire.validation import operation_model, service_model

MODELS = {"sagemaker": ("sagemaker", "sagemaker-runtime", "sagemaker-featurestore-runtime")}
IMPLIED = {*DEFAULTS, "QueueName", "region", "account"}


def members(template):
    fields = (name for _, name, _, _ in Formatter().parse(template) if name)
    return {name.partition("[")[0] for name in fields}


def inputs(prefix):
    """Yield operations of a prefix with the members of their requests."""
    for service in MODELS.get(prefix, (prefix,)):
        model = service_model(service)
        for name in model.operation_names:
            shape = model.operation_model(name).input_shape
            yield name, set(shape.members) if shape else set()


@pytest.mark.parametrize("prefix", RESOURCES)
def test_a_rows_members_are_of_its_operations(prefix):
    known = [*inputs(prefix)]
    for pattern, templates in RESOURCES[prefix].items():
        has = set().union(*(each for name, each in known if fnmatchcase(name, pattern)))
        assert has, f"{prefix} has no operation {pattern}"
        assert members(templates) <= has | IMPLIED, pattern


@pytest.mark.parametrize("service, operation", ALSO)
def test_what_a_service_does_for_its_caller_is_named_by_the_request(service, operation):
    has = {*operation_model(service, operation).input_shape.members}
    for _, template, _ in ALSO[service, operation]:
        assert members(template) <= has | IMPLIED
