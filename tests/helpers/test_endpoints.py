"""Endpoints are made, changed, asked and refused through the course's four functions."""

import pytest
from botocore.exceptions import ClientError

from helpers.endpoints import (
    Refused,
    ask,
    delete_endpoint,
    make_model,
    new_configuration,
    new_variant,
    serve,
    update,
    wait_in_service,
)
from helpers.roles import make_role
from helpers.session import client as course_client
from local_aws.control import Fault, set_faults
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_cloud import SERVING

KIND = "text/plain"


@pytest.fixture
def deploy(aws, config):
    """Return a function that makes a model of an archive and serves it."""
    make_role(config)

    def deploy(data, model="model"):
        aws.store.put(config.bucket, f"{model}.tar.gz", data)
        make_model(config, model, SERVING, f"s3://{config.bucket}/{model}.tar.gz")
        serve(config, "birds", model, "ml.m5.large")

    return deploy


def test_a_model_is_served_and_answers(config, deploy):
    deploy(archive())
    assert wait_in_service(config, "birds")["EndpointStatus"] == "InService"
    assert ask(config, "birds", b"abc", KIND)["bytes"] == 3


def test_a_deleted_endpoint_is_gone_and_may_be_deleted_again(config, deploy):
    deploy(archive())
    for _ in range(2):
        delete_endpoint(config, "birds")
        with pytest.raises(LookupError, match="No endpoint birds"):
            wait_in_service(config, "birds")


def test_serving_again_changes_the_model_of_the_same_endpoint(config, deploy):
    deploy(archive(weights="first"))
    wait_in_service(config, "birds")
    deploy(archive(weights="second"))
    wait_in_service(config, "birds")
    assert ask(config, "birds", b"abc", KIND)["model"] == "second"


def test_a_model_that_does_not_load_raises_with_its_reason(config, deploy):
    deploy(archive("raise OSError('no weights')"))
    with pytest.raises(RuntimeError, match="birds Failed: .*OSError: no weights"):
        wait_in_service(config, "birds")


def test_an_endpoint_that_failed_is_made_anew(config, deploy):
    deploy(archive("1 / 0"))
    with pytest.raises(RuntimeError):
        wait_in_service(config, "birds")
    deploy(archive())
    wait_in_service(config, "birds")
    assert ask(config, "birds", b"abc", KIND)["bytes"] == 3


def test_an_update_that_fails_is_no_success_though_the_old_model_serves(config, deploy):
    deploy(archive(weights="old"))
    wait_in_service(config, "birds")
    deploy(archive("1 / 0"), "broken")
    with pytest.raises(RuntimeError, match="before the update: .*ZeroDivisionError"):
        wait_in_service(config, "birds")
    assert ask(config, "birds", b"abc", KIND)["model"] == "old"


def test_what_is_still_changing_is_waited_for_before_it_is_changed(aws, config, deploy):
    set_faults(aws.context, [Fault("lagging", "sagemaker", "DescribeEndpoint", seconds=1)])
    deploy(archive(weights="first"))
    deploy(archive(weights="second"))  # while the endpoint is Creating
    wait_in_service(config, "birds")
    assert ask(config, "birds", b"abc", KIND)["model"] == "second"
    course_client(config, "sagemaker").delete_endpoint(EndpointName="birds")
    deploy(archive(weights="third"))  # while it is Deleting
    wait_in_service(config, "birds")
    assert ask(config, "birds", b"abc", KIND)["model"] == "third"


def test_an_update_that_was_sent_twice_as_its_answer_was_late_has_begun(config, deploy):
    deploy(archive(f"import time\ntime.sleep(2)\n{SCRIPT}"))
    wait_in_service(config, "birds")
    variant = new_variant("model", "ml.m5.large")
    ours, other = (new_configuration(config, "birds", [variant]) for _ in range(2))
    for _ in range(2):
        update(config, "birds", ours)
    with pytest.raises(ClientError, match="in-progress"):
        update(config, "birds", other)
    assert wait_in_service(config, "birds")["EndpointConfigName"] == ours


def test_an_endpoint_that_nobody_has_made_is_not_waited_for(config):
    with pytest.raises(LookupError, match="No endpoint birds: call `serve` first"):
        wait_in_service(config, "birds")


@pytest.mark.parametrize(
    "body, kind, words",
    [
        (b"x", "image/jpeg", "ModelError: Send text/plain, not image/jpeg"),
        (b"bad", KIND, "ModelError: Can't read this"),
        (bytes(20_000_000), KIND, "ValidationError: .*larger than 6291456 bytes"),
    ],
)
def test_what_is_refused_says_why_in_one_line(config, deploy, body, kind, words):
    deploy(archive())
    wait_in_service(config, "birds")
    with pytest.raises(Refused, match=f"^{words}"):
        ask(config, "birds", body, kind)
    assert ask(config, "birds", b"abc", KIND)["bytes"] == 3


def test_an_endpoint_that_is_not_there_is_not_found(config):
    with pytest.raises(Refused, match="Endpoint birds .* not found"):
        ask(config, "birds", b"", KIND)


def test_a_model_without_a_role_names_the_notebook_that_makes_it(aws, config):
    with pytest.raises(LookupError, match="run notebooks/00 first"):
        make_model(config, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    assert course_client(config, "sagemaker").list_models()["Models"] == []
