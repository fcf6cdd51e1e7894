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
        "ListMetrics": "Namespace MetricName Dimensions(Name Value) NextToken",
        "GetMetricStatistics": """Namespace MetricName Dimensions(Name Value) StartTime EndTime
            Period Statistics ExtendedStatistics Unit""",
        "GetMetricData": """MetricDataQueries(Id Label ReturnData=true
            MetricStat(Metric(Namespace MetricName Dimensions(Name Value)) Period Stat Unit))
            StartTime EndTime ScanBy""",
    },
}
PAGE = 500
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

    def put(
        self,
        namespace: str,
        name: str,
        dimensions: dict[str, str],
        value: float,
        unit: str = "None",
        time: datetime | None = None,
        resolution: int = 60,
    ) -> None:
        """Keep one value; for engines that measure.

        Args:
            time: when it was measured; None: now.
            resolution: 60 seconds, or 1 for alarms with a shorter period.

        Raises:
            ValueError: the value is not a finite number.
        """
        if not isfinite(value):
            raise ValueError(f"{name} is {value}")
        seconds = (time or self.parts.clock.now()).timestamp()
        metric = Metric(namespace, name, tuple(sorted(dimensions.items())))
        self.store.add([Datum(metric, seconds, unit, resolution, ((float(value), 1.0),))])

    def put_metric_data(self, request: dict) -> dict:
        now = self.parts.clock.now()
        if not (data := request.get("MetricData")):
            message = "The parameter MetricData is required."
            raise QueryError("MissingParameter", message, "MissingRequiredParameterException")
        self.store.add(
            [
                _datum(request["Namespace"], datum, now, f"MetricData.member.{number}")
                for number, datum in enumerate(data, 1)
            ]
        )
        return {}

    def list_metrics(self, request: dict) -> dict:
        wanted = request.get("Dimensions", [])
        metrics = [
            {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in metric.dimensions],
            }
            for metric in self.store.metrics()
            if request.get("Namespace") in (None, metric.namespace)
            and request.get("MetricName") in (None, metric.name)
            and all(_has(metric, dimension) for dimension in wanted)
        ]
        token = request.get("NextToken") or "0"
        if not token.isdecimal():
            raise QueryError("InvalidParameterValue", "The token is not valid.", MODELED)
        end = int(token) + PAGE
        more = {"NextToken": str(end)} if end < len(metrics) else {}
        return {"Metrics": metrics[int(token) : end], **more}

    def get_metric_statistics(self, request: dict) -> dict:
        names = [*request.get("Statistics", []), *request.get("ExtendedStatistics", [])]
        if not names:
            message = "At least one of Statistics and ExtendedStatistics must be specified."
            raise QueryError("MissingParameter", message, "MissingRequiredParameterException")
        start, end, period = _span(request, request["Period"])
        if (number := -(-(end - start) // period)) > MOST_POINTS:
            message = (
                f"You have requested up to {number:,} datapoints, which exceeds the limit of"
                f" {MOST_POINTS:,}. You may reduce the datapoints requested by increasing Period,"
                " or decreasing the time range."
            )
            code = "InvalidParameterCombination"
            raise QueryError(code, message, f"{code}Exception")
        spans = self.store.spans(metric_of(request), start, end, period, request.get("Unit"))
        points = [_point(span, unit, samples, names) for (span, unit), samples in spans.items()]
        return {"Label": request["MetricName"], "Datapoints": points}

    def get_metric_data(self, request: dict) -> dict:
        backward = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        results = []
        for query in request["MetricDataQueries"]:
            if (stat := query.get("MetricStat")) is None:
                raise AwsError("ValidationError", f"The query {query['Id']} has no MetricStat.")
            start, end, period = _span(request, stat["Period"])
            series = self.series(stat["Metric"], stat["Stat"], start, end, period, stat.get("Unit"))
            points = sorted(series.items(), reverse=backward)
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label", stat["Metric"]["MetricName"]),
                    "Timestamps": [_time(seconds) for seconds, _ in points],
                    "Values": [value for _, value in points],
                    "StatusCode": "Complete",
                }
            )
        return {"MetricDataResults": results, "Messages": []}

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


MODELED = "InvalidParameterValueException"


def metric_of(request: dict) -> Metric:
    """Return the metric that a request or an alarm names."""
    dimensions = {each["Name"]: each["Value"] for each in request.get("Dimensions", [])}
    return Metric(request["Namespace"], request["MetricName"], tuple(sorted(dimensions.items())))


def check_statistic(name: str) -> None:
    """Refuse a statistic that is not done, by its name."""
    if not is_statistic(name):
        message = f"The local AWS does not support the statistic {name} of cloudwatch."
        raise AwsError("NotImplementedException", message)


def check_period(period: int) -> None:
    """Refuse a period that AWS refuses."""
    if period not in (1, 5, 10, 20, 30) and (period < 1 or period % 60):
        message = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
        raise QueryError("InvalidParameterValue", message, MODELED)


def _span(request: dict, period: int) -> tuple[int, int, int]:
    """Return a request's start, rounded down as AWS does, its end, and the period, in seconds."""
    check_period(period)
    start, end = (int(request[name].timestamp()) for name in ("StartTime", "EndTime"))
    if start >= end:
        message = "The parameter StartTime must be less than the parameter EndTime."
        raise QueryError("InvalidParameterValue", message, MODELED)
    return start - start % min(period, 60), end, period


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _has(metric: Metric, dimension: dict) -> bool:
    value = dict(metric.dimensions).get(dimension["Name"])
    return value is not None and dimension.get("Value") in (None, value)


def _point(span: int, unit: str, samples: Samples, names: list[str]) -> dict:
    point: dict = {"Timestamp": _time(span), "Unit": unit}
    for name in names:
        check_statistic(name)
        if (value := samples.statistic(name)) is not None:
            values = point.setdefault("ExtendedStatistics", {}) if name[0] == "p" else point
            values[name] = value
    return point


def _datum(namespace: str, datum: dict, now: datetime, path: str) -> Datum:
    """Return a datum of a request, checked.

    Raises:
        AwsError: AWS refuses it.
    """

    def refused(what: str) -> QueryError:
        return QueryError("InvalidParameterValue", f"The parameter {path}.{what}", MODELED)

    sent = [name for name in ("Value", "Values", "StatisticValues") if name in datum]
    if len(sent) != 1:
        message = (
            f"The parameters {path}.Value, {path}.Values and {path}.StatisticValues are mutually"
            " exclusive, and one of them is required."
        )
        code = "InvalidParameterCombination"
        raise QueryError(code, message, f"{code}Exception")
    time = datum.get("Timestamp", now)
    if not -PAST_SECONDS <= (time - now).total_seconds() <= FUTURE_SECONDS:
        raise refused("Timestamp must be within the past two weeks and the next two hours.")
    resolution = datum.get("StorageResolution", 60)
    if resolution not in (1, 60):
        raise refused("StorageResolution must be 1 or 60.")
    values = datum.get("Values", [datum["Value"]] if "Value" in datum else [])
    counts = datum.get("Counts", [1.0] * len(values))
    if len(counts) != len(values):
        raise refused("Counts must have as many items as Values.")
    names = ("SampleCount", "Sum", "Minimum", "Maximum")
    statistics = tuple(datum["StatisticValues"][name] for name in names) if not values else None
    if not all(isfinite(number) for number in (*values, *counts, *(statistics or ()))):
        raise refused(f"{sent[0]} must be finite.")
    metric = metric_of({"Namespace": namespace, **datum})
    pairs = tuple(zip(values, counts, strict=True))
    return Datum(metric, time.timestamp(), datum.get("Unit", "None"), resolution, pairs, statistics)
