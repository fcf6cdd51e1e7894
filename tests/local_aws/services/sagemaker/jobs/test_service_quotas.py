"""Service Quotas tells the quotas that were set, and the defaults of all others."""

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.jobs.quotas import DEFAULT, Quotas

WARM = "ml.g4dn.xlarge for training warm pool usage"


def names(client, call):
    pages = client("service-quotas").get_paginator(call).paginate(ServiceCode="sagemaker")
    return {each["QuotaName"]: each["Value"] for page in pages for each in page["Quotas"]}


def test_what_was_set_is_applied_and_the_defaults_stay(aws, client):
    assert names(client, "list_service_quotas") == {}
    Quotas(aws.context.state).set(WARM, 0)
    assert names(client, "list_service_quotas") == {WARM: 0}
    defaults = names(client, "list_aws_default_service_quotas")
    assert defaults[WARM] == DEFAULT and len(defaults) > 100
    assert "ml.g4dn.xlarge for spot training job usage" in defaults


@pytest.mark.parametrize(
    "request_, words",
    [({"ServiceCode": "ec2"}, "NoSuchResource"), ({"NextToken": "x"}, "InvalidPaginationToken")],
)
def test_other_services_and_tokens_are_refused(client, request_, words):
    with pytest.raises(ClientError, match=words):
        client("service-quotas").list_service_quotas(**{"ServiceCode": "sagemaker", **request_})
