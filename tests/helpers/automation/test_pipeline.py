"""The whole pipeline runs on a local AWS: shards, training, comparison, version."""

import dataclasses

import pytest

from helpers.automation import executions
from helpers.automation.pipeline import name_of, put_pipeline
from helpers.manifest import load_manifest
from helpers.registry import versions
from helpers.s3 import S3Prefix
from helpers.session import client
from tests.helpers.automation.world import bins, make_live, upload

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself


@pytest.fixture
def world(aws, config, tmp_path):
    """Return the settings of a world with a live version."""
    config = dataclasses.replace(config, dataset="bins")
    make_live(aws, config, tmp_path / "world")
    return config


def test_new_data_gives_a_better_version_with_its_origin(aws, world):
    put_pipeline(world)
    upload(aws, world, bins(150, 12, seed=1))
    done = executions.ended(world, executions.start(world, name_of(world), Epochs=10))
    assert (done.status, done.reason) == ("Succeeded", ""), done.steps
    newest, first = versions(world)
    assert (newest.number, first.number) == (2, 1)
    properties = newest.properties
    assert properties["execution"] == done.arn
    folders = [S3Prefix(client(world, "s3"), properties["shards"])]
    folders.append(S3Prefix(client(world, "s3"), world.uri("shards")))
    new, old = map(load_manifest, folders)
    assert new.sources["count"] == old.sources["count"] + 12
    assert set(old.split("test").groups) <= set(new.split("test").groups)
    assert 0.5 < float(properties["value"]) <= 1
