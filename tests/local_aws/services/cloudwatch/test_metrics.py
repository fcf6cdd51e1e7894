"""Metrics are put and read by boto3 as AWS does it; what is not done is refused by its name."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError

NAME = {"Namespace": "Birds", "MetricName": "songs"}
DIMENSIONS = [{"Name": "site", "Value": "a"}]


@pytest.fixture
def cloudwatch(client):
    return client("cloudwatch")


@pytest.fixture
def now(aws):
    return aws.parts.clock.now().replace(second=0, microsecond=0) - timedelta(minutes=10)


def put(cloudwatch, **datum):
    data = [{"MetricName": "songs", "Dimensions": DIMENSIONS, **datum}]
    cloudwatch.put_metric_data(Namespace="Birds", MetricData=data)


def points(cloudwatch, now, minutes=5, **request):
    span = {"StartTime": now, "EndTime": now + timedelta(minutes=minutes), "Period": 60}
    answer = cloudwatch.get_metric_statistics(
        **{**NAME, "Dimensions": DIMENSIONS, **span, **request}
    )
    return answer["Datapoints"]


def test_values_of_a_minute_are_one_point(cloudwatch, now):
    for seconds, value in [(0, 1.0), (59, 3.0), (60, 10.0)]:
        put(cloudwatch, Value=value, Timestamp=now + timedelta(seconds=seconds), Unit="Count")
    expected = [(now, 2.0, 3.0), (now + timedelta(minutes=1), 10.0, 10.0)]
    read = points(cloudwatch, now, Statistics=["Average"], ExtendedStatistics=["p90"])
    assert [
        (point["Timestamp"], point["Average"], point["ExtendedStatistics"]["p90"]) for point in read
    ] == expected
    assert {point["Unit"] for point in read} == {"Count"}


def test_values_with_counts_and_statistic_sets_are_samples_too(cloudwatch, now):
    put(cloudwatch, Values=[1.0, 5.0], Counts=[3.0, 1.0], Timestamp=now)
    sets = {"SampleCount": 2, "Sum": 8, "Minimum": 2, "Maximum": 6}
    put(cloudwatch, StatisticValues=sets, Timestamp=now)
    names = ["SampleCount", "Sum", "Minimum", "Maximum"]
    [point] = points(cloudwatch, now, Statistics=names)
    assert [point[name] for name in names] == [6, 16, 1, 6]


def test_a_metric_is_its_name_and_all_its_dimensions(cloudwatch, now):
    put(cloudwatch, Value=1.0, Timestamp=now)
    assert points(cloudwatch, now, Statistics=["Sum"])
    assert not points(cloudwatch, now, Statistics=["Sum"], Dimensions=[])


def test_metric_data_come_newest_first_unless_it_is_said(cloudwatch, now):
    for minute in range(3):
        put(cloudwatch, Value=float(minute), Timestamp=now + timedelta(minutes=minute))
    stat = {"Metric": {**NAME, "Dimensions": DIMENSIONS}, "Period": 60, "Stat": "p50"}
    request = {
        "MetricDataQueries": [{"Id": "songs", "MetricStat": stat}],
        "StartTime": now, "EndTime": now + timedelta(minutes=3),
    }  # fmt: skip
    [result] = cloudwatch.get_metric_data(**request)["MetricDataResults"]
    assert (result["Values"], result["Label"]) == ([2, 1, 0], "songs")
    [result] = cloudwatch.get_metric_data(**request, ScanBy="TimestampAscending")[
        "MetricDataResults"
    ]
    assert result["Timestamps"] == [now + timedelta(minutes=minute) for minute in range(3)]


def test_metrics_are_listed_by_namespace_name_and_dimension(cloudwatch, now):
    put(cloudwatch, Value=1.0, Timestamp=now)
    put(cloudwatch, Value=1.0, Timestamp=now, Dimensions=[])
    cloudwatch.put_metric_data(Namespace="Bins", MetricData=[{"MetricName": "items", "Value": 1}])
    listed = cloudwatch.list_metrics(Namespace="Birds")["Metrics"]
    assert [metric["Dimensions"] for metric in listed] == [[], DIMENSIONS]
    assert len(cloudwatch.list_metrics(Dimensions=[{"Name": "site"}])["Metrics"]) == 1
    assert len(cloudwatch.list_metrics(MetricName="items")["Metrics"]) == 1


@pytest.mark.parametrize(
    "datum, reason",
    [
        ({}, "must have one of"),
        ({"Value": 1.0, "Values": [1.0]}, "must have one of"),
        ({"Values": [1.0, 2.0], "Counts": [1.0]}, "as many items"),
        ({"Value": 1.0, "StorageResolution": 5}, "must be 1 or 60"),
        ({"Value": 1.0, "Timestamp": datetime(2020, 1, 1, tzinfo=UTC)}, "past two weeks"),
    ],
)
def test_data_that_aws_refuses_are_refused(cloudwatch, datum, reason):
    with pytest.raises(ClientError, match=reason):
        put(cloudwatch, **datum)
    assert cloudwatch.list_metrics()["Metrics"] == []


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused_to_engines_too(aws, value):
    data = [{"MetricName": "songs", "Value": value}]
    with pytest.raises(AwsError, match="must be finite"):
        aws.parts.call("cloudwatch", "PutMetricData", {"Namespace": "B", "MetricData": data})


@pytest.mark.parametrize(
    "request_, reason",
    [
        ({"Statistics": ["Sum"], "Period": 61}, "Period must be"),
        ({"Statistics": ["Sum"], "minutes": 0}, "StartTime must be less"),
        ({"Statistics": ["Sum"], "minutes": 1441}, "1,441 datapoints"),
        ({}, "At least one of"),
        ({"ExtendedStatistics": ["tm99"]}, "does not support the statistic tm99"),
    ],
)
def test_a_question_that_is_not_answered_is_refused(cloudwatch, now, request_, reason):
    put(cloudwatch, Value=1.0, Timestamp=now)
    with pytest.raises(ClientError, match=reason):
        points(cloudwatch, now, **request_)


def test_an_error_with_two_names_has_both_on_the_way_to_the_client(cloudwatch, now):
    with pytest.raises(cloudwatch.exceptions.InvalidParameterValueException) as refused:
        points(cloudwatch, now, minutes=0, Statistics=["Sum"])
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_an_expression_is_refused_by_its_name(cloudwatch, now):
    span = {"StartTime": now, "EndTime": now + timedelta(minutes=1)}
    query = {"Id": "e", "Expression": "songs / 2"}
    with pytest.raises(ClientError, match="with MetricDataQueries.Expression"):
        cloudwatch.get_metric_data(**span, MetricDataQueries=[query])
