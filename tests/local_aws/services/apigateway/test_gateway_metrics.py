"""What a stage answered is in CloudWatch, for the API and for its stage."""

from datetime import timedelta


def test_requests_errors_and_times_are_counted(door):
    door.send("GET", "/")
    door.send("GET", "/nothing")
    door.ask()
    now = door.aws.parts.clock.now()
    span = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=5)}

    def summed(metric, statistic="Sum", **dimensions):
        answer = door.aws.parts.call(
            "cloudwatch",
            "GetMetricStatistics",
            {
                "Namespace": "AWS/ApiGateway", "MetricName": metric, "Period": 3600,
                "Statistics": [statistic], **span,
                "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
            },
        )  # fmt: skip
        return sum(point[statistic] for point in answer["Datapoints"])

    for place in ({"ApiName": "door"}, {"ApiName": "door", "Stage": "live"}):
        assert summed("Count", **place) == 3
        assert (summed("4XXError", **place), summed("5XXError", **place)) == (1, 1)
        assert summed("Latency", "SampleCount", **place) == 3
        assert summed("IntegrationLatency", "SampleCount", **place) == 2
