"""Invocations are counted and timed in CloudWatch, in SageMaker's names, units and dimensions."""

from collections import defaultdict
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting.invocation_metrics import Invocation, InvocationMetrics
from local_aws.state.clock import Clock
from tests.local_aws.services.sagemaker.hosting import queues
from tests.local_aws.services.sagemaker.jobs.requests import until

DIMENSIONS = [{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": "v"}]


class Sent:
    """Metrics whose requests to CloudWatch are kept."""

    def __init__(self):
        self.clock, self.requests = Clock(), []
        self.metrics = InvocationMetrics(lambda *call: self.requests.append(call), self.clock)

    def add(self, status=200, seconds=0.25, instances=2):
        invocation = Invocation("e", "c", "v", instances, status, seconds, 0.001)
        self.metrics.add(invocation)

    def sums(self, dimensions=DIMENSIONS):
        sums = defaultdict(float)
        for service, operation, request in self.requests:
            assert (service, operation) == ("cloudwatch", "PutMetricData")
            assert request["Namespace"] == "AWS/SageMaker"
            for datum in request["MetricData"]:
                if datum["Dimensions"] == dimensions:
                    pairs = zip(datum["Values"], datum["Counts"], strict=True)
                    sums[datum["MetricName"]] += sum(value * count for value, count in pairs)
        return sums


@pytest.fixture
def sent():
    return Sent()


@pytest.mark.parametrize(
    "status, errors",
    [(200, (0, 0, 0)), (415, (1, 0, 1)), (500, (0, 1, 1)), (None, (0, 0, 1))],
)
def test_an_invocation_counts_as_what_the_model_answered(sent, status, errors):
    sent.add(status, None if status is None else 0.25)
    sent.metrics.send()
    sums = sent.sums()
    names = ("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors")
    assert tuple(sums[name] for name in names) == errors
    assert (sums["Invocations"], sums["InvocationsPerInstance"]) == (1, 0.5)
    assert sums["OverheadLatency"] == 1000
    assert sums.get("ModelLatency") == (None if status is None else 250_000)


def test_metrics_are_sent_on_the_clock_and_once(sent):
    for _ in range(3):
        sent.add()
    assert not sent.requests
    sent.clock.advance(2)
    sent.clock.advance(60)
    assert len(sent.requests) == 1
    of_its_fleet = [*DIMENSIONS, {"Name": "EndpointConfigName", "Value": "c"}]
    assert sent.sums()["Invocations"] == 3 == sent.sums(of_its_fleet)["Invocations"]


def test_concurrent_requests_are_a_metric_of_high_resolution(sent):
    sent.metrics.add(Invocation("e", "c", "v", 1, 200, 0.1, 0.1, concurrent=3))
    sent.metrics.send()
    [_, _, request], name = sent.requests[0], "ConcurrentRequestsPerModel"
    resolutions = {each["MetricName"]: each["StorageResolution"] for each in request["MetricData"]}
    assert resolutions.pop(name) == 1 and set(resolutions.values()) == {60}
    assert sent.sums()[name] == 3


def test_many_values_are_sent_in_data_that_cloudwatch_takes(sent):
    for number in range(400):
        sent.add(seconds=number / 1000)
    sent.metrics.send()
    data = [datum for _, _, request in sent.requests for datum in request["MetricData"]]
    assert max(len(datum["Values"]) for datum in data) == 150
    assert sent.sums()["ModelLatency"] == sum(range(400)) * 1000


def test_an_error_of_cloudwatch_ends_nothing_and_is_logged(sent, caplog):
    def refuse(*call):
        raise AwsError("InternalFailure", "no")

    metrics = InvocationMetrics(refuse, sent.clock)
    metrics.add(Invocation("e", "c", "v", 1, 200, 0.1, 0.1))
    metrics.send()
    assert "metrics of endpoints are lost" in caplog.text


def test_an_endpoints_metrics_are_read_from_cloudwatch(hosting, client, aws):
    hosting.create()
    hosting.ask()
    with pytest.raises(ClientError, match="ModelError"):
        hosting.ask(b"bad")
    cloudwatch, now = client("cloudwatch"), aws.parts.clock.now()
    dimensions = [
        {"Name": "EndpointName", "Value": "endpoint"}, {"Name": "VariantName", "Value": "model"},
    ]  # fmt: skip

    def points(name):
        return cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker", MetricName=name, Dimensions=dimensions, Period=60,
            StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=5),
            Statistics=["Sum", "SampleCount"],
        )["Datapoints"]  # fmt: skip

    until(lambda: sum(point["Sum"] for point in points("Invocations")) == 2)
    assert sum(point["Sum"] for point in points("Invocation4XXErrors")) == 1
    assert sum(point["Sum"] for point in points("InvocationModelErrors")) == 1
    latency = points("ModelLatency")
    assert sum(point["SampleCount"] for point in latency) == 2
    assert {point["Unit"] for point in latency} == {"Microseconds"}
    stat = {
        "Metric": {"Namespace": "AWS/SageMaker", "MetricName": "Invocations",
                   "Dimensions": dimensions},
        "Period": 60, "Stat": "Sum",
    }  # fmt: skip
    data = cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "all", "MetricStat": stat}],
        StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=5),
    )["MetricDataResults"]  # fmt: skip
    assert sum(data[0]["Values"]) == 2


def names(client, namespace):
    """Return the metrics of a namespace."""
    metrics = client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"]
    return {metric["MetricName"] for metric in metrics}


def test_cloudwatch_has_the_metrics_of_an_asynchronous_endpoint_and_no_others(hosting, client):
    queues.create(hosting)
    queues.arrived(hosting, queues.send(hosting)["OutputLocation"])
    documents = hosting.aws.engines.async_invocations._documents
    assert until(lambda: not list(documents))
    hosting.aws.engines.invocations.metrics.send()
    found = until(lambda: "TotalProcessingTime" in names(client, "AWS/SageMaker"))
    assert found and names(client, "AWS/SageMaker") == {
        *("ApproximateAgeOfOldestRequest", "ApproximateBacklogSize"),
        *("ApproximateBacklogSizePerInstance", "HasBacklogWithoutCapacity"),
        *("Invocation4XXErrors", "Invocation5XXErrors", "InvocationFailures"),
        *("InvocationsProcessed", "ModelLatency", "RequestDownloadLatency"),
        *("ResponseUploadLatency", "TimeInBacklog", "TotalProcessingTime"),
    }


def test_cloudwatch_has_the_metrics_of_a_serverless_endpoint(hosting, client):
    hosting.model()
    hosting.serverless("config", "model", MemorySizeInMB=1024, MaxConcurrency=1)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    hosting.settled()
    hosting.ask()
    hosting.aws.engines.invocations.metrics.send()
    assert names(client, "/aws/sagemaker/Endpoints") == {"MemoryUtilization"}
    assert names(client, "AWS/SageMaker") == {
        *("Invocation4XXErrors", "Invocation5XXErrors", "Invocations", "ModelLatency"),
        *("ModelSetupTime", "OverheadLatency", "ServerlessConcurrentExecutionsUtilization"),
    }
