"""CloudWatch Logs' resource policies: documents that say which service may write lines."""

import json

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.logs.pages import invalid
from local_aws.state.collection import Collection

MOST = 10
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""
OPERATIONS = {
    "logs": {
        "PutResourcePolicy": "policyName policyDocument",
        "DescribeResourcePolicies": "",
        "DeleteResourcePolicy": "policyName",
    },
}


class ResourcePolicies(Engine):
    """The account's policies, which EventBridge reads. Left out: policies of one group, pages."""

    name, operations = "log_policies", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._policies = Collection(parts.documents, "log-policy")

    def put_resource_policy(self, request: dict) -> dict:
        name, text = request.get("policyName"), request.get("policyDocument", "")
        try:
            json.loads(text)["Statement"]
        except (ValueError, LookupError, TypeError):
            raise invalid("The policy document is no JSON object with a Statement.") from None
        with self._policies.transaction():
            if name not in self._policies and len(self._policies.keys()) >= MOST:
                raise AwsError("LimitExceededException", "Resource limit exceeded.")
            now = int(self.parts.clock.now().timestamp() * 1000)
            policy = {"policyName": name, "policyDocument": text, "lastUpdatedTime": now}
            self._policies.put(name, policy)
        return {"resourcePolicy": policy}

    def describe_resource_policies(self, request: dict) -> dict:
        return {"resourcePolicies": self._policies.listed()}

    def delete_resource_policy(self, request: dict) -> dict:
        if (name := request.get("policyName", "")) not in self._policies:
            message = f"Policy with name [{name}] does not exist."
            raise AwsError("ResourceNotFoundException", message)
        self._policies.delete(name)
        return {}
