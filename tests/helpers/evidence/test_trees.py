"""Trees have the members and types of every shape that botocore knows, and no value of the user."""

import json

import botocore.session
import pytest

from helpers.evidence.names import Names
from helpers.evidence.published import vocabulary
from helpers.evidence.texts import Texts
from helpers.evidence.trees import Trees
from tests import planted

SERVICES = (
    *("athena", "ecr", "events", "glue", "iam", "logs", "s3", "sagemaker", "sagemaker-runtime"),
    *("service-quotas", "sts"),
)
DEPTH = 6


def trees_of(service):
    return Trees(Texts(Names(b"k" * 16)), vocabulary(service))


def planted_value(shape, texts, depth=0):
    """Return a value of a shape with a secret in each of its leaves."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members.items() if depth < DEPTH else ()
        return {name: planted_value(member, texts, depth + 1) for name, member in members}
    if kind == "list":
        return [planted_value(shape.member, texts, depth + 1) for _ in range(2)]
    if kind == "map":
        return {next(texts): planted_value(shape.value, texts, depth + 1) for _ in range(2)}
    values = {"blob": planted.RECORDING, "boolean": True, "timestamp": planted.REQUEST_ID}
    numbers = dict.fromkeys(("integer", "long"), int(planted.ACCOUNT))
    numbers |= dict.fromkeys(("float", "double"), float(planted.ACCOUNT))
    return {**values, **numbers}.get(kind) or next(texts)


def all_texts():
    while True:
        yield from planted.TEXTS


@pytest.mark.parametrize("service", SERVICES)
def test_of_secrets_in_every_member_of_every_operation_nothing_is_shown(service):
    model = botocore.session.Session().get_service_model(service)
    trees, texts, members = trees_of(service), all_texts(), 0
    for operation in map(model.operation_model, model.operation_names):
        shapes = (operation.input_shape, operation.output_shape, *operation.error_shapes)
        for shape in filter(None, shapes):
            value = planted_value(shape, texts)
            shown = json.dumps(trees.tree(value, shape))
            assert not planted.shown_of(shown), (operation.name, shape.name)
            members += len(shape.members)
    assert members > 10


@pytest.fixture
def shape():
    """Return a function that gives the shape of an operation's request or answer."""
    session = botocore.session.Session()

    def find(service, operation, part="output_shape"):
        return getattr(session.get_service_model(service).operation_model(operation), part)

    return find


def test_enums_booleans_and_small_numbers_are_shown(shape):
    answer = {
        "TrainingJobStatus": "Completed",
        "EnableManagedSpotTraining": True,
        "BillableTimeInSeconds": 41,
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2},
    }
    tree = trees_of("sagemaker").tree(answer, shape("sagemaker", "DescribeTrainingJob"))
    assert tree == {
        "TrainingJobStatus": "enum=Completed",
        "ResourceConfig": {"InstanceType": "enum=ml.m5.large", "InstanceCount": "integer=2"},
        "EnableManagedSpotTraining": "boolean=true",
        "BillableTimeInSeconds": "integer=41",
    }


def test_a_value_that_botocore_does_not_know_is_marked(shape):
    tree = trees_of("sagemaker").tree(
        {"TrainingJobStatus": planted.JOB}, shape("sagemaker", "DescribeTrainingJob")
    )
    assert tree == {"TrainingJobStatus": "enum=?"}


def test_a_large_number_is_its_digits_and_a_long_list_its_forms(shape):
    answer = {"Contents": [{"Key": f"k{number}", "Size": 10**6} for number in range(20_000)]}
    tree = trees_of("s3").tree(answer, shape("s3", "ListObjectsV2"))
    assert tree["Contents"]["*list"] == "~5"
    (item,) = tree["Contents"]["of"]
    assert item["Size"] == "long~7"


def test_bodies_are_not_touched(shape):
    class Body:
        def __getattr__(self, name):
            raise AssertionError(name)

    tree = trees_of("s3").tree({"Body": Body()}, shape("s3", "PutObject", "input_shape"))
    assert tree == {"Body": "blob"}


def test_tokens_and_keys_have_no_placeholder(shape):
    answer = {"Credentials": {"AccessKeyId": planted.ACCESS_KEY, "SessionToken": planted.TOKEN}}
    tree = trees_of("sts").tree(answer, shape("sts", "AssumeRole"))
    assert tree["Credentials"]["SessionToken"] == "string"
