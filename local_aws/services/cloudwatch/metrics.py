"""CloudWatch's metrics: data are kept, listed, and summed up for spans of time; knows no alarm."""

from datetime import UTC, datetime
from math import isfinite

from local_aws.errors import AwsError, QueryError
from local_aws.parts import Engine, Parts
from local_aws.services.cloudwatch.metric_store import Datum, Metric, MetricStore
from local_aws.services.cloudwatch.samples import Samples, is_statistic

OPERATIONS = {
    "cloudwatch": {
        "PutMetricData": """Namespace MetricData(MetricName Dimensions(Name Value) Timestamp Value
            StatisticValues(*) Values Counts Unit StorageResolution)""",
        "ListMetrics": "Namespace MetricName Dimensions(Name Value)",
        "GetMetricStatistics": """Namespace MetricName Dimensions(Name Value) StartTime EndTime
            Period Statistics ExtendedStatistics Unit""",
        "GetMetricData": """MetricDataQueries(Id Label ReturnData=true
            MetricStat(Metric(Namespace MetricName Dimensions(Name Value)) Period Stat Unit))
            StartTime EndTime ScanBy""",
    },
}
MOST_POINTS = 1440
PAST_SECONDS, FUTURE_SECONDS = 14 * 86_400, 2 * 3600
"""How old and how far ahead data may be:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html"""


class Metrics(Engine):
    """The metrics of the local AWS.

    Left out: metric math, search expressions and SQL, statistics other than the five and
    percentiles, labels that are computed, streams, dashboards, entities, other accounts.
    """

    name, operations = "metrics", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.store = MetricStore(parts.context.state / "metrics", parts.clock)

    def put_metric_data(self, request: dict) -> dict:
        now, namespace = self.parts.clock.now(), request["Namespace"]
        if not (data := request.get("MetricData")):
            raise refused("MissingParameter", "The parameter MetricData is required.")
        self.store.add([_datum(namespace, n, datum, now) for n, datum in enumerate(data, 1)])
        return {}

    def list_metrics(self, request: dict) -> dict:
        wanted = {each["Name"]: each.get("Value") for each in request.get("Dimensions", [])}
        metrics = [
            {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in metric.dimensions],
            }
            for metric in self.store.metrics()
            if request.get("Namespace") in (None, metric.namespace)
            and request.get("MetricName") in (None, metric.name)
            and wanted.keys() <= (own := dict(metric.dimensions)).keys()
            and all(value in (None, own[name]) for name, value in wanted.items())
        ]
        return {"Metrics": metrics}

    def get_metric_statistics(self, request: dict) -> dict:
        names = [*request.get("Statistics", []), *request.get("ExtendedStatistics", [])]
        for name in names:
            check_statistic(name)
        if not names:
            message = "At least one of Statistics and ExtendedStatistics must be specified."
            raise refused("InvalidParameterCombination", message)
        start, end, period = _span(request, request["Period"])
        if (number := -(-(end - start) // period)) > MOST_POINTS:
            message = f"You have requested up to {number:,} datapoints, which exceeds the limit of"
            raise refused("InvalidParameterCombination", f"{message} {MOST_POINTS:,}.")
        spans = self.store.spans(metric_of(request), start, end, period, request.get("Unit"))
        points = [_point(span, unit, samples, names) for (span, unit), samples in spans.items()]
        return {"Label": request["MetricName"], "Datapoints": points}

    def get_metric_data(self, request: dict) -> dict:
        backward = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        results = []
        for query in request["MetricDataQueries"]:
            if (stat := query.get("MetricStat")) is None:
                raise AwsError("ValidationError", f"The query {query['Id']} has no MetricStat.")
            span = _span(request, stat["Period"])
            series = self.series(stat["Metric"], stat["Stat"], *span, stat.get("Unit"))
            points = sorted(series.items(), reverse=backward)
            result = {
                "Id": query["Id"],
                "Label": query.get("Label", stat["Metric"]["MetricName"]),
                "Timestamps": [_time(seconds) for seconds, _ in points],
                "Values": [value for _, value in points],
                "StatusCode": "Complete",
            }
            results.append(result)
        return {"MetricDataResults": results}

    def series(
        self, metric: dict, statistic: str, start: int, end: int, period: int, unit: str | None
    ) -> dict[int, float]:
        """Return a statistic of a metric for each span that has samples, by the span's beginning.

        Args:
            metric: with Namespace, MetricName and Dimensions.
        """
        check_statistic(statistic)
        merged: dict[int, Samples] = {}
        spans = self.store.spans(metric_of(metric), start, end, period, unit)
        for (span, _), samples in spans.items():
            merged.setdefault(span, Samples()).merge(samples)
        values = {span: samples.statistic(statistic) for span, samples in merged.items()}
        return {span: value for span, value in values.items() if value is not None}


def metric_of(request: dict) -> Metric:
    """Return the metric that a request or an alarm names."""
    dimensions = {each["Name"]: each["Value"] for each in request.get("Dimensions", [])}
    return Metric(request["Namespace"], request["MetricName"], tuple(sorted(dimensions.items())))


def check_statistic(name: str) -> None:
    """Refuse a statistic that is not done, by its name."""
    if not is_statistic(name):
        message = f"The local AWS does not support the statistic {name} of cloudwatch."
        raise AwsError("NotImplementedException", message)


def refused(code: str, message: str) -> QueryError:
    """Return the error that refuses a parameter."""
    modeled = {"MissingParameter": "MissingRequiredParameter"}.get(code, code)
    return QueryError(code, message, f"{modeled}Exception")


def _span(request: dict, period: int) -> tuple[int, int, int]:
    """Return a request's start, rounded down as AWS does, its end, and the period, in seconds."""
    if period not in (1, 5, 10, 20, 30) and (period < 1 or period % 60):
        message = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
        raise refused("InvalidParameterValue", message)
    start, end = (int(request[name].timestamp()) for name in ("StartTime", "EndTime"))
    if start >= end:
        message = "The parameter StartTime must be less than the parameter EndTime."
        raise refused("InvalidParameterValue", message)
    return start - start % min(period, 60), end, period


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _point(span: int, unit: str, samples: Samples, names: list[str]) -> dict:
    point: dict = {"Timestamp": _time(span), "Unit": unit}
    for name in names:
        if (value := samples.statistic(name)) is not None:
            values = point.setdefault("ExtendedStatistics", {}) if name[0] == "p" else point
            values[name] = value
    return point


def _datum(namespace: str, number: int, datum: dict, now: datetime) -> Datum:
    """Return a datum of a request, checked.

    Raises:
        AwsError: AWS refuses it.
    """
    path = f"The parameter MetricData.member.{number}"
    if len(datum.keys() & {"Value", "Values", "StatisticValues"}) != 1:
        message = f"{path} must have one of Value, Values and StatisticValues."
        raise refused("InvalidParameterCombination", message)
    time, resolution = datum.get("Timestamp", now), datum.get("StorageResolution", 60)
    values = datum.get("Values", [datum["Value"]] if "Value" in datum else [])
    counts = datum.get("Counts", [1.0] * len(values))
    names = ("SampleCount", "Sum", "Minimum", "Maximum")
    statistics = [datum["StatisticValues"][name] for name in names if not values]
    wrong = {
        "Timestamp must be within the past two weeks and the next two hours": not (
            -PAST_SECONDS <= (time - now).total_seconds() <= FUTURE_SECONDS
        ),
        "StorageResolution must be 1 or 60": resolution not in (1, 60),
        "Counts must have as many items as Values": len(counts) != len(values),
        "Value must be finite": not all(map(isfinite, (*values, *counts, *statistics))),
    }
    if reason := next((reason for reason, is_wrong in wrong.items() if is_wrong), None):
        raise refused("InvalidParameterValue", f"{path}.{reason}.")
    metric, unit = metric_of({"Namespace": namespace, **datum}), datum.get("Unit", "None")
    pairs = [*zip(values, counts, strict=True)]
    return Datum(metric, time.timestamp(), unit, resolution, pairs, statistics)
