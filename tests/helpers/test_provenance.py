"""What was made of other raw data, or of this before it changed, is told and never read."""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from helpers import provenance
from helpers.manifest import BadManifest, load_manifest
from helpers.provenance import current_manifest, what_was_made
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.storage import LocalFolder
from helpers.uploads import upload_raw
from scripts_process import shard
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING
from tests.toy import Toy, make_raw

ROLE = "arn:aws:iam::000000000000:role/course"


@pytest.fixture
def make_shards(monkeypatch) -> Callable:
    """Return a function that runs the sharding job on a source's raw data."""

    def run(config):
        monkeypatch.setattr(shard, "job_client", lambda service: client(config, service))
        places = ("--raw", config.uri("raw"), "--output", config.uri("shards"))
        more = ("--source", config.source, "--records-per-shard", "10", "--processes", "1")
        shard.main(shard.parse_args(["--dataset", config.dataset, *places, *more]), Toy())

    return run


def told(config) -> dict[str, tuple[str, str]]:
    return {what: (of, fate) for what, of, fate in what_was_made(config).itertuples(index=False)}


def test_shards_are_refused_once_their_raw_data_has_changed(config, tmp_path, make_shards):
    upload_raw(config, make_raw(tmp_path / "own", 40))
    make_shards(config)
    assert current_manifest(config).sources["name"] == "sample"
    next((tmp_path / "own").rglob("*.toy")).write_bytes(b"8 others")
    upload_raw(config, tmp_path / "own")
    with pytest.raises(BadManifest, match="before .* was changed: run notebooks/04 again"):
        current_manifest(config)
    assert "05 refuses them" in told(config)["shards/birds/"][1]
    S3Prefix(client(config, "s3"), config.uri("tables")).write("part", b"PAR1")
    assert told(config)["tables/birds/"][1] == "notebook 02 makes them anew"
    make_shards(config)
    assert current_manifest(config)


def test_fewer_raw_objects_leave_no_shard_of_before(config, tmp_path, make_shards):
    upload_raw(config, make_raw(tmp_path / "own", 60))
    make_shards(config)
    for path in sorted((tmp_path / "own").rglob("*.toy"))[:40]:
        path.unlink()
    upload_raw(config, tmp_path / "own", others="delete")
    make_shards(config)
    keys = {e.key for e in S3Prefix(client(config, "s3"), config.uri("shards")).list()}
    shards = [s for split in current_manifest(config).splits.values() for s in split.shards]
    assert {key for key in keys if key.endswith(".tar")} == {s.name for s in shards}
    assert sum(s.samples for s in shards) == 20


def test_shards_of_one_source_are_not_those_of_another(config, tmp_path, make_shards):
    mine = dataclasses.replace(config, raw=str(tmp_path / "mine"))
    upload_raw(config, make_raw(tmp_path / "sample", 30))
    make_shards(config)
    upload_raw(mine, make_raw(tmp_path / "mine", 20))
    with pytest.raises(BadManifest, match="run notebooks/04 first"):
        current_manifest(mine)
    make_shards(mine)
    assert current_manifest(mine).sources["count"] == 20
    assert current_manifest(config).sources["count"] == 30
    assert told(mine)["raw/birds/"] == (
        "sample, 30 objects", "it stays, with its shards and tables, and is not read",
    )  # fmt: skip


def test_it_tells_whose_data_the_versions_and_the_endpoint_are(aws, config, monkeypatch):
    aws.store.put(config.bucket, "model.tar.gz", archive())
    mine = dataclasses.replace(config, raw="/data/mine")
    of = {1: config.source, 2: config.source, 3: mine.source}
    found = [SimpleNamespace(number=number, source=source) for number, source in of.items()]
    monkeypatch.setattr(provenance, "versions", lambda config: found)
    sagemaker = client(config, "sagemaker")
    place = {"Image": SERVING, "ModelDataUrl": f"s3://{config.bucket}/model.tar.gz"}
    sagemaker.create_model(
        ModelName="m-version-2", PrimaryContainer=place, ExecutionRoleArn=ROLE
    )  # fmt: skip
    variant = {"VariantName": "v", "ModelName": "m-version-2", "InstanceType": "ml.m5.large"}
    variants = [{**variant, "InitialInstanceCount": 1}]
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=variants)
    sagemaker.create_endpoint(EndpointName=config.name, EndpointConfigName="c")
    assert told(mine)["2 registered versions"][0] == "sample"
    assert told(mine)["1 registered version"] == (
        mine.source, "they are compared with and deployed"
    )  # fmt: skip
    endpoint = f"endpoint {config.name}, version 2"
    assert "the classes of that data, until 08" in told(mine)[endpoint][1]
    assert told(config)[endpoint] == ("sample", "it goes on")


def test_an_instance_that_makes_a_shard_first_takes_the_old_manifest_away(tmp_path):
    raw, out = make_raw(tmp_path / "raw", 40), tmp_path / "out"
    common = ["--dataset", "birds", "--output", str(out), "--records-per-shard", "10"]
    run = ["--raw", str(raw), "--processes", "1", "--threads", "2"]
    shard.main(shard.parse_args([*common, *run]), Toy())
    for path in raw.rglob("*.toy"):
        path.write_bytes(path.read_bytes()[::-1])
    (tmp_path / "who.json").write_text('{"hosts": ["algo-1", "algo-2"], "current_host": "algo-2"}')
    resources = ["--resources", str(tmp_path / "who.json")]
    shard.main(shard.parse_args([*common, *run, *resources]), Toy())
    with pytest.raises(BadManifest, match="run notebooks/04 first"):
        load_manifest(LocalFolder(out))
