"""An endpoint captures what it is asked from then on, and a window is what was sent in it."""

import json

import pytest

from helpers.data_capture import capture_on, send_window
from helpers.endpoints import make_model, serve, wait_in_service
from helpers.monitoring.capture import read
from helpers.roles import make_role
from helpers.s3 import S3Prefix
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING


@pytest.fixture
def served(rehearsed, aws):
    """Return the settings of a cloud with the endpoint `birds`."""
    config = rehearsed
    make_role(config)
    aws.store.put(config.bucket, "model.tar.gz", archive())
    make_model(config, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    serve(config, "birds", "model", "ml.m5.large")
    wait_in_service(config, "birds")
    return config


def test_a_window_holds_what_was_sent_in_it_under_its_own_names(served, client):
    place = capture_on(served, "birds")
    first = send_window(served, "birds", {"a-1": b"one", "a-2": b"two"}, "text/plain")
    second = send_window(served, "birds", {"b-1": b"three"}, "text/plain")
    assert first.requests == 2 and first.start < first.end <= second.start
    for window, names in ((first, {"a-1": b"one", "a-2": b"two"}), (second, {"b-1": b"three"})):
        traffic = read(S3Prefix(client("s3"), place), window.start, window.end)
        assert {each.name: each.data for each in traffic.objects} == names


def test_the_endpoint_stays_as_it_was_but_for_the_capture(served, client):
    sagemaker = client("sagemaker")
    capture_on(served, "birds", percent=50)
    about = sagemaker.describe_endpoint(EndpointName="birds")
    assert about["DataCaptureConfig"]["CurrentSamplingPercentage"] == 50
    (variant,) = sagemaker.describe_endpoint_config(EndpointConfigName=about["EndpointConfigName"])[
        "ProductionVariants"
    ]
    assert variant["ModelName"] == "model" and variant["InstanceType"] == "ml.m5.large"
    assert json.dumps(variant, default=str).count("model") >= 1
