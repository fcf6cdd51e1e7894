"""Engines' metrics reach CloudWatch as PutMetricData, and never end what they measure."""

from datetime import UTC, datetime, timedelta
from math import inf, nan

from local_aws.errors import AwsError
from local_aws.services.cloudwatch.metrics import CloudWatch, Datum

TIME = datetime(2026, 1, 1, tzinfo=UTC)


def data(*values):
    return [Datum("loss", value, TIME + timedelta(seconds=n), {}) for n, value in enumerate(values)]


def test_values_go_out_twenty_at_a_time():
    requests = []
    CloudWatch(lambda *call: requests.append(call)).put("Birds", data(*map(float, range(45))))
    assert {(service, operation) for service, operation, _ in requests} == {
        ("cloudwatch", "PutMetricData")
    }
    assert [len(request["MetricData"]) for _, _, request in requests] == [20, 20, 5]


def test_what_is_not_finite_is_left_out():
    requests = []
    CloudWatch(lambda *call: requests.append(call[2])).put("Birds", data(nan, 1.0, inf))
    assert [datum["Value"] for datum in requests[0]["MetricData"]] == [1.0]


def test_a_refusal_is_noted_and_no_more(caplog):
    def refuse(service, operation, request):
        raise AwsError("InvalidParameterValue", "too old")

    CloudWatch(refuse).put("Birds", data(1.0))
    assert "metrics of Birds are lost: InvalidParameterValue: too old" in caplog.text
