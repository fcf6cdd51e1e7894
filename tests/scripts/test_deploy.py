"""The pipeline's last step: an approved version is served under guardrails, once."""

import dataclasses
import json

import pytest

from helpers.alarms import alarms_on
from helpers.config import Config
from helpers.endpoints import make_model_of, wait_in_service
from helpers.inventory import look_alikes
from helpers.live_update import WAITS, NotDeployed
from helpers.registry import versions
from helpers.resources.scalable_targets import targets
from helpers.session import client, role_arn
from scripts_process import deploy
from tests.helpers.automation.world import make_live

pytestmark = pytest.mark.slow
COPIED = ("InferenceSpecification", "CustomerMetadataProperties")


@pytest.fixture
def world(aws, config, tmp_path):
    """Return the settings of a world in which version 1 is live and version 2 waits."""
    config = dataclasses.replace(config, dataset="bins")
    make_live(aws, config, tmp_path / "world")
    [first] = versions(config)
    members = {name: first.description[name] for name in COPIED}
    client(config, "sagemaker").create_model_package(
        ModelPackageGroupName=config.name, ModelApprovalStatus=WAITS, **members
    )
    return config


def deployed(config: Config, folder, *more: str) -> dict[str, float]:
    arguments = ["--package", versions(config)[0].arn, "--endpoint", config.name]
    arguments += ["--role", role_arn(config), "--wait", "0", "--keep", "0"]
    return deploy.main(deploy.parse_args([*arguments, "--output", str(folder), *more]))


def model_of(config: Config) -> str:
    endpoint = client(config, "sagemaker").describe_endpoint(EndpointName=config.name)
    name = endpoint["EndpointConfigName"]
    about = client(config, "sagemaker").describe_endpoint_config(EndpointConfigName=name)
    return about["ProductionVariants"][0]["ModelName"]


def test_a_version_is_approved_served_and_scaled_and_once_is_enough(world, tmp_path):
    with pytest.raises(NotDeployed, match="Version 1 is live, and 2 was compared with 7"):
        deployed(world, tmp_path, "--compared", "7")
    assert deployed(world, tmp_path, "--compared", "1")["version"] == 2
    assert model_of(world) == f"{world.name}-version-2"
    newest = versions(world)[0].description
    assert newest["ModelApprovalStatus"] == "Approved" and newest["ApprovalDescription"]
    assert json.loads((tmp_path / deploy.RESULT).read_text())["version"] == 2
    [target] = targets(world)
    assert world.name in target.name
    assert alarms_on(world, [f"{world.name}-errors", f"{world.name}-latency"]) == []
    assert {*look_alikes(world)["kind"]} == {"bucket"}  # the test's own has no tag
    before = wait_in_service(world, world.name)["EndpointConfigName"]
    assert deployed(world, tmp_path, "--compared", "1")["version"] == 2
    assert wait_in_service(world, world.name)["EndpointConfigName"] == before


def test_a_version_that_waits_for_a_person_is_left_to_them(world, tmp_path):
    with pytest.raises(NotDeployed, match="a person has to approve it first"):
        deployed(world, tmp_path, "--approval", "person")
    assert versions(world)[0].description["ModelApprovalStatus"] == WAITS
    assert model_of(world) == f"{world.name}-version-1"


def test_a_version_whose_instances_fail_is_rejected_and_the_one_before_goes_on(world, tmp_path):
    location = versions(world)[0].model_data.removeprefix(f"s3://{world.bucket}/")
    client(world, "s3").put_object(Bucket=world.bucket, Key=location, Body=b"no archive")
    with pytest.raises(NotDeployed, match="returned to the version before"):
        deployed(world, tmp_path)
    newest = versions(world)[0].description
    assert newest["ModelApprovalStatus"] == "Rejected"
    result = json.loads((tmp_path / deploy.RESULT).read_text())
    assert not result["is_live"] and "returned to the version before" in result["reason"]
    assert model_of(world) == f"{world.name}-version-1"


def test_a_model_of_another_version_under_this_name_is_not_served(world, tmp_path):
    first = versions(world)[-1].arn
    make_model_of(world, f"{world.name}-version-2", first)
    with pytest.raises(NotDeployed, match="delete that model first"):
        deployed(world, tmp_path)
    assert model_of(world) == f"{world.name}-version-1"
