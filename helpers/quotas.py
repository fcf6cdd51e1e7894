"""Compares the quotas that a pass needs with the account's own; asks Service Quotas, sets none."""

import pandas as pd
from botocore.exceptions import ClientError

from helpers import bill
from helpers.config import Config
from helpers.session import client

SERVICE = "sagemaker"


def quotas(config: Config) -> pd.DataFrame:
    """Return the quotas that a pass needs, what the account has of each, and what to do.

    Where Service Quotas may not be asked, the table says so and the course goes on.
    """
    table = bill.quotas()
    try:
        values = account_quotas(config, set(table["quota"]))
    except ClientError as error:
        reason = error.response["Error"]["Code"]
        return table.assign(account="?", answer=f"not checked ({reason}): look in the console")
    applied = [values.get(name) for name in table["quota"]]
    answers = [_answer(*pair) for pair in zip(applied, table["at least"], strict=True)]
    return table.assign(
        account=["?" if each is None else str(each) for each in applied], answer=answers
    )


def account_quotas(config: Config, names: set[str]) -> dict[str, int]:
    """Return the account's quotas of some names; without those that AWS does not tell.

    Quotas that nobody has changed are in the list of defaults alone:
    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
    """
    service, values = client(config, "service-quotas"), {}
    for call in ("list_aws_default_service_quotas", "list_service_quotas"):
        for page in service.get_paginator(call).paginate(ServiceCode=SERVICE):
            values |= {each["QuotaName"]: int(each["Value"]) for each in page["Quotas"]}
    return {name: value for name, value in values.items() if name in names}


def _answer(value: int | None, needed: int) -> str:
    if value is None:
        return "not told: look in the console"
    return "enough" if value >= needed else f"ask for {needed} in the Service Quotas console"
