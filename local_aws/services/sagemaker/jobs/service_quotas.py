"""Answers Service Quotas about SageMaker's instances: what was set, and the defaults; sets nothing.

Left out: other services, quotas over all instance types, endpoints, requests for an increase.
"""

import hashlib

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.jobs.quotas import DEFAULT, USES, Quotas
from local_aws.state.positions import page
from local_aws.wire.validation import service_model

CODE = "sagemaker"
MOST = 100


class ServiceQuotas(Engine):
    """Executes the lists of quotas."""

    name = "service_quotas"
    operations = {
        "service-quotas": dict.fromkeys(
            ("ListServiceQuotas", "ListAWSDefaultServiceQuotas"), "ServiceCode NextToken MaxResults"
        )
    }

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._quotas = Quotas(parts.context.state)

    def list_service_quotas(self, request: dict) -> dict:
        """Return the quotas that were set."""
        return self._page(request, self._quotas.applied())

    def list_aws_default_service_quotas(self, request: dict) -> dict:
        """Return what holds where none is set, for each instance type and use."""
        kinds = service_model("sagemaker").shape_for("TrainingInstanceType").enum
        names = [f"{kind} for {use} usage" for kind in kinds for use in USES]
        return self._page(request, dict.fromkeys(names, DEFAULT))

    def _page(self, request: dict, quotas: dict[str, int]) -> dict:
        if request["ServiceCode"] != CODE:
            message = f"The local AWS has quotas of {CODE} alone, not of {request['ServiceCode']}."
            raise AwsError("NoSuchResourceException", message)
        refused = AwsError("InvalidPaginationTokenException", "The NextToken is not valid.")
        items = [self._quota(*item) for item in sorted(quotas.items())]
        return page(items, request, "Quotas", MOST, refused)

    def _quota(self, name: str, value: int) -> dict:
        code = f"L-{hashlib.sha256(name.encode()).hexdigest()[:8].upper()}"
        return {
            "ServiceCode": CODE,
            "ServiceName": "Amazon SageMaker",
            "QuotaArn": self.parts.context.arn("servicequotas", f"{CODE}/{code}"),
            "QuotaCode": code,
            "QuotaName": name,
            "Value": float(value),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }
