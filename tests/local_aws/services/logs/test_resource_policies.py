"""Policies of CloudWatch Logs are kept by their names, ten of them."""

import pytest
from botocore.exceptions import ClientError

POLICY = '{"Version": "2012-10-17", "Statement": []}'


def test_a_policy_is_put_listed_and_deleted(client):
    logs = client("logs")
    logs.put_resource_policy(policyName="events", policyDocument=POLICY)
    [policy] = logs.describe_resource_policies()["resourcePolicies"]
    assert (policy["policyName"], policy["policyDocument"]) == ("events", POLICY)
    logs.delete_resource_policy(policyName="events")
    assert logs.describe_resource_policies()["resourcePolicies"] == []
    with pytest.raises(ClientError, match="does not exist"):
        logs.delete_resource_policy(policyName="events")


def test_a_policy_that_is_none_and_the_eleventh_are_refused(client):
    logs = client("logs")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.put_resource_policy(policyName="bad", policyDocument="no JSON")
    for number in range(10):
        logs.put_resource_policy(policyName=str(number), policyDocument=POLICY)
    with pytest.raises(ClientError, match="LimitExceededException"):
        logs.put_resource_policy(policyName="more", policyDocument=POLICY)
