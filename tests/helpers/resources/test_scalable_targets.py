"""A scalable target is marked when it is made, and goes with its policy and alarms."""

import pytest
from botocore.exceptions import ClientError

from helpers.endpoints import make_model, serve, wait_in_service
from helpers.resources import scalable_targets
from helpers.resources.kind import is_gone
from helpers.roles import make_role
from helpers.scaling import resource, scale
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING


def test_targets_are_listed_with_their_tag_and_deleted(aws, client, config):
    make_role(config)
    aws.store.put(config.bucket, "model.tar.gz", archive())
    make_model(config, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    for endpoint in (config.name, "another"):
        serve(config, endpoint, "model", "ml.m5.large")
        wait_in_service(config, endpoint)
        scale(config, endpoint, 10)
    [target] = scalable_targets.targets(config)
    assert target.name == resource(config.name)
    assert scalable_targets.tags(config, target) == {"course": "birds-and-bins"}
    scalable_targets.delete(config, target.name)
    assert not list(scalable_targets.targets(config))
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {alarm["AlarmName"].split("/")[1] for alarm in alarms} == {"another"}
    with pytest.raises(ClientError) as again:
        scalable_targets.delete(config, target.name)
    assert is_gone(again.value)
