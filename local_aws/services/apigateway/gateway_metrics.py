"""Sends what stages answered to CloudWatch; knows numbers, and no method.

Contract: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
Left out: the metrics of single methods, which AWS sends where they are switched on.
"""

import logging

from local_aws.errors import AwsError
from local_aws.parts import Call

log = logging.getLogger(__name__)
NAMESPACE = "AWS/ApiGateway"


def send(
    call: Call, api: str, stage: str, status: int, latency: float, integration: float | None
) -> None:
    """Send one answer's metrics.

    Args:
        latency: seconds from the request to the answer.
        integration: seconds of what stands behind the method; None if it was not asked.
    """
    counts = {"Count": 1, "4XXError": status // 100 == 4, "5XXError": status // 100 == 5}
    values = {name: (float(value), "Count") for name, value in counts.items()}
    values["Latency"] = (round(latency * 1000), "Milliseconds")
    if integration is not None:
        values["IntegrationLatency"] = (round(integration * 1000), "Milliseconds")
    data = [
        {
            "MetricName": name, "Value": value, "Unit": unit,
            "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions],
        }
        for dimensions in ([("ApiName", api)], [("ApiName", api), ("Stage", stage)])
        for name, (value, unit) in values.items()
    ]  # fmt: skip
    try:
        call("cloudwatch", "PutMetricData", {"Namespace": NAMESPACE, "MetricData": data})
    except (AwsError, OSError) as error:  # metrics must not end what they measure
        log.warning("metrics of %s are lost: %s", api, error)
