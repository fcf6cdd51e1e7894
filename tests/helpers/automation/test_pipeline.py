"""The whole pipeline runs on a local AWS: shards, training, comparison, version."""

import dataclasses

import numpy as np
import pytest
import simplejpeg

from helpers import feature_groups
from helpers.automation import executions
from helpers.automation.pipeline import name_of, put_pipeline
from helpers.endpoints import wait_in_service
from helpers.gateway import Gateway
from helpers.gateway_calls import ask_signed
from helpers.manifest import load_manifest
from helpers.monitor_jobs import baseline_place, read_document
from helpers.registry import versions
from helpers.s3 import S3Prefix
from helpers.schedules import wait_for_jobs
from helpers.session import client
from helpers.watch_schedules import watch_schedule
from tests.helpers.automation.world import bins, make_live, upload

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself


@pytest.fixture
def world(aws, rehearsed, tmp_path):
    """Return the settings of a world with a live version, whose time can pass."""
    config = dataclasses.replace(rehearsed, dataset="bins")
    make_live(aws, config, tmp_path / "world")
    feature_groups.make_group(config)
    return config


def test_new_data_gives_a_better_version_with_its_origin(aws, world):
    put_pipeline(world)
    upload(aws, world, bins(150, 12, seed=1))
    done = executions.ended(
        world, executions.start(world, name_of(world), Epochs=6, CanarySeconds=2)
    )
    assert (done.status, done.reason) == ("Succeeded", ""), done.steps["why"].tolist()
    newest, first = versions(world)
    assert (newest.number, first.number) == (2, 1)
    properties = newest.properties
    assert properties["execution"] == done.arn
    folders = [S3Prefix(client(world, "s3"), properties["shards"])]
    folders.append(S3Prefix(client(world, "s3"), world.uri("shards")))
    new, old = map(load_manifest, folders)
    assert new.sources["count"] == old.sources["count"] + 12
    assert set(old.split("test").groups) <= set(new.split("test").groups)
    assert set(feature_groups.latest(world).frame["id"]) == {f"{n:05d}" for n in range(162)}
    assert 0.5 < float(properties["value"]) <= 1
    assert newest.description["ModelApprovalStatus"] == "Approved"
    about = read_document(world, baseline_place(world), "constraints.json")
    assert about["features"]
    configuration = wait_in_service(world, world.name)["EndpointConfigName"]
    served = client(world, "sagemaker").describe_endpoint_config(EndpointConfigName=configuration)
    assert served["ProductionVariants"][0]["ModelName"] == f"{world.name}-version-2"
    returned = executions.outputs(world, done.arn)
    assert returned["Live"]["version"] == "1"
    door = Gateway("", returned["Gateway"]["url"], "", "")
    assert returned["Gateway"] == {"url": door.url, "done": "created"}
    photo = bins(300, 1)["bin-images/00300.jpg"]
    assert ask_signed(world, door, photo, "image/jpeg").status == 200
    schedule = watch_schedule(world)
    assert returned["Schedule"] == {"name": schedule.name, "done": "created"}
    (watched,) = wait_for_jobs(world, schedule, 1)
    assert watched.status == "Completed"


def test_black_photos_end_with_the_reason_and_the_live_version_stays(aws, world):
    put_pipeline(world)
    dark = simplejpeg.encode_jpeg(np.zeros((64, 64, 3), np.uint8))
    files = bins(200, 6, seed=2)
    upload(aws, world, {k: dark if k.endswith("jpg") else v for k, v in files.items()})
    done = executions.ended(world, executions.start(world, name_of(world)))
    assert done.status == "Failed"
    assert "6 of 6 have nothing to see or to hear" in done.reason
    assert set(done.steps["step"]) == {"Live", "Explore", "NewDataIsFit", "NotNewDataIsFit"}
    assert [version.number for version in versions(world)] == [1]
