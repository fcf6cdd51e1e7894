"""What tests of clients serve: two tiny models, and what an endpoint has captured of requests."""

import json

from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import BUCKET, make_client

TYPE = "ml.m5.large"
CAPTURE = f"s3://{BUCKET}/captured"
ALARM = {
    "AlarmName": "errors", "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors",
    "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.0,
    "ComparisonOperator": "GreaterThanThreshold",
}  # fmt: skip


def put_two_models(aws):
    """Put the archives of `first` and `second`, and an alarm to guard an update."""
    for name in ("first", "second"):
        aws.store.put(BUCKET, f"{name}.tar.gz", archive(weights=name))
    make_client(aws, "cloudwatch").put_metric_alarm(**ALARM)


def captured(aws):
    """Return the events that the endpoint has captured so far."""
    keys = [info.key for info in aws.store.list(BUCKET, "captured/")]
    lines = b"".join(aws.store.info(BUCKET, key).path.read_bytes() for key in keys)
    return [json.loads(line) for line in lines.splitlines()]
