"""The metrics of asynchronous endpoints have AWS's names, units and dimensions."""

import pytest

from local_aws.services.sagemaker.hosting.async_metrics import (
    MILLISECONDS,
    AsyncInvocation,
    Backlog,
    lasted,
)


def test_a_queue_is_measured_by_its_endpoint():
    backlog = Backlog("birds", size=6, waiting=4, oldest_seconds=12.4, instances=2)
    assert backlog.values() == {
        "ApproximateBacklogSize": (6, "Count"),
        "ApproximateBacklogSizePerInstance": (3, "Count"),
        "ApproximateAgeOfOldestRequest": (12, "Seconds"),
        "HasBacklogWithoutCapacity": (0, "Count"),
    }
    assert backlog.dimensions() == [(("EndpointName", "birds"),)]


def test_a_queue_without_instances_has_no_share_for_each():
    values = Backlog("birds", size=1, waiting=1, oldest_seconds=0, instances=0).values()
    assert values["HasBacklogWithoutCapacity"] == (1, "Count")
    assert "ApproximateBacklogSizePerInstance" not in values


@pytest.mark.parametrize(
    "status, errors", [(200, (0, 0)), (415, (1, 0)), (500, (0, 1)), (None, (0, 0))]
)
def test_a_request_is_measured_by_its_variant(status, errors):
    took = {"TotalProcessingTime": lasted(1.5, MILLISECONDS), "TimeInBacklog": lasted(0.5)}
    ended = AsyncInvocation("birds", "v", status, status != 200, took)
    values = ended.values()
    assert (values["Invocation4XXErrors"][0], values["Invocation5XXErrors"][0]) == errors
    assert values["InvocationFailures"] == (int(status != 200), "Count")
    assert values["TotalProcessingTime"] == (1500, "Milliseconds")
    assert values["TimeInBacklog"] == (500_000, "Microseconds")
    assert ended.dimensions() == [(("EndpointName", "birds"), ("VariantName", "v"))]
