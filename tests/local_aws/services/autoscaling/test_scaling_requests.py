"""Targets and policies that AWS refuses are refused; lists have pages."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.autoscaling.scaling_requests import (
    check_configuration,
    check_limits,
    page,
    variant_of,
)

VARIANT = {"InstanceType": "ml.m5.large"}
METRIC = {"PredefinedMetricSpecification": {}}


@pytest.mark.parametrize(
    "least, most, variant, is_async, reason",
    [
        (1, None, VARIANT, False, "required for a new scalable target"),
        (3, 2, VARIANT, False, "Maximum capacity cannot be less than minimum capacity"),
        (0, 2, VARIANT, False, "at least 1"),
        (-1, 2, VARIANT, True, "at least 1"),
        (1, 2, {}, False, "serverless"),
        (1, 2, {"InstanceType": "ml.t2.medium"}, False, "Burstable instances such as ml.t2.medium"),
    ],
)
def test_a_target_that_aws_refuses_is_refused(least, most, variant, is_async, reason):
    check_limits(0, 2, VARIANT, True)
    with pytest.raises(AwsError, match=reason):
        check_limits(least, most, variant, is_async)


@pytest.mark.parametrize(
    "configuration, reason",
    [
        (None, "is required"),
        ({"TargetValue": 1.0}, "Exactly one of"),
        ({"TargetValue": 0.0, **METRIC}, "larger than 0"),
        (
            {"TargetValue": 1.0, "CustomizedMetricSpecification": {"Namespace": "a"}},
            "needs MetricName, Statistic",
        ),
    ],
)
def test_a_policy_that_aws_refuses_is_refused(configuration, reason):
    check_configuration({"TargetValue": 1.0, **METRIC})
    with pytest.raises(AwsError, match=reason):
        check_configuration(configuration)


def test_a_resource_names_its_endpoint_and_variant():
    assert variant_of("endpoint/birds/variant/AllTraffic") == ("birds", "AllTraffic")
    with pytest.raises(AwsError, match="Unsupported resource type"):
        variant_of("service/birds")


def test_a_list_has_pages():
    items = [{"n": 0}, {"n": 1}]
    first = page(items, {"MaxResults": 1}, "Items")
    assert first == {"Items": items[:1], "NextToken": "1"}
    assert page(items, {"NextToken": "1"}, "Items") == {"Items": items[1:]}
    with pytest.raises(AwsError, match="not valid"):
        page(items, {"NextToken": "x"}, "Items")
