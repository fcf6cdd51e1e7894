"""Puts metric data into moto's CloudWatch on behalf of an engine; knows the form, and no metric."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from math import isfinite
from urllib.parse import urlencode

from local_aws.context import Context
from local_aws.recorded.journal import call


@dataclass(frozen=True)
class Datum:
    """One value of a metric."""

    name: str
    value: float
    time: datetime
    dimensions: dict[str, str]


class CloudWatch:
    """What engines need of CloudWatch.

    Args:
        moto: the WSGI app that keeps the metrics.
    """

    MOST = 20
    """Values in one request."""

    def __init__(self, context: Context, moto: Callable):
        self._context, self._moto = context, moto

    def put(self, namespace: str, data: list[Datum]) -> None:
        """Keep the values that are finite, as CloudWatch; they can be asked for at once."""
        data = [datum for datum in data if isfinite(datum.value)]
        for start in range(0, len(data), self.MOST):
            form = {"Action": "PutMetricData", "Version": "2010-08-01", "Namespace": namespace}
            for place, datum in enumerate(data[start : start + self.MOST], 1):
                form |= _fields(f"MetricData.member.{place}", datum)
            call(self._moto, self._environ(), urlencode(form).encode())

    def _environ(self) -> dict:
        host = f"monitoring.{self._context.region}.amazonaws.com"
        scope = (
            f"{self._context.access_key}/20260101/{self._context.region}/monitoring/aws4_request"
        )
        signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"
        return {
            "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/", "QUERY_STRING": "",
            "SERVER_NAME": host, "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": host, "HTTP_AUTHORIZATION": signed, "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "wsgi.url_scheme": "http", "wsgi.errors": BytesIO(),
        }  # fmt: skip


def _fields(prefix: str, datum: Datum) -> dict[str, str]:
    fields = {
        f"{prefix}.MetricName": datum.name,
        f"{prefix}.Value": repr(datum.value),
        f"{prefix}.Timestamp": datum.time.isoformat(),
        f"{prefix}.Unit": "None",
    }
    for place, (name, value) in enumerate(datum.dimensions.items(), 1):
        fields[f"{prefix}.Dimensions.member.{place}.Name"] = name
        fields[f"{prefix}.Dimensions.member.{place}.Value"] = value
    return fields
