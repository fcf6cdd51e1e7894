"""An endpoint of a tiny model whose variant is a scalable target."""

import pytest

from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, Hosting, archive

RESOURCE = "endpoint/endpoint/variant/AllTraffic"
OF = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
TARGET = 10
CONCURRENT = "SageMakerVariantConcurrentRequestsPerModelHighResolution"


@pytest.fixture
def hosting(aws, client):
    """Return a helper with an endpoint of one instance, which takes its time for `slow`."""
    hosting = Hosting(aws, client)
    slow = "import time; time.sleep(0.5 * (data == b'slow'))\n    if data =="
    hosting.model("model", archive(SCRIPT.replace("if data ==", slow)))
    hosting.variant("config", "model")
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    assert hosting.settled()["EndpointStatus"] == "InService"
    return hosting


@pytest.fixture
def scaling(client):
    """Return a client of Application Auto Scaling."""
    return client("application-autoscaling")


@pytest.fixture
def put(hosting, scaling):
    """Return a function that registers the variant and puts a policy."""

    def put(least=1, most=4, name="load", metric="SageMakerVariantInvocationsPerInstance", **more):
        scaling.register_scalable_target(**OF, MinCapacity=least, MaxCapacity=most)
        predefined = {"PredefinedMetricType": metric}
        configuration = {
            "TargetValue": TARGET, "PredefinedMetricSpecification": predefined, **more,
        }  # fmt: skip
        return scaling.put_scaling_policy(
            **OF, PolicyName=name, PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=configuration,
        )  # fmt: skip

    return put
