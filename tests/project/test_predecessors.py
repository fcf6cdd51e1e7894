"""A notebook that is run before its predecessors says which one to run first."""

import pytest

from helpers.athena import QueryError, query
from helpers.candidates import candidate, winner
from helpers.data_capture import capture_on
from helpers.manifest import BadManifest, load_manifest
from helpers.provenance import current_manifest
from helpers.raw_data import raw_folder
from helpers.registry import approved
from helpers.s3 import S3Prefix
from helpers.session import client, role_arn
from helpers.uploads import check_raw


def manifest(config):
    return load_manifest(S3Prefix(client(config, "s3"), config.uri("shards")))


@pytest.mark.parametrize(
    "step, error, first",
    [
        (raw_folder, LookupError, "run notebooks/00 first"),
        (role_arn, LookupError, "run notebooks/00 first"),
        (check_raw, LookupError, "run notebooks/01 first"),
        (current_manifest, BadManifest, "notebooks/04"),
        (lambda config: query(config, "SELECT 1"), QueryError, "run notebooks/00 first"),
        (manifest, BadManifest, "notebooks/04"),
        (candidate, LookupError, "run notebooks/05 first"),
        (winner, LookupError, "run notebooks/06 first"),
        (approved, LookupError, "run notebooks/07 first"),
        (lambda config: capture_on(config, config.name), LookupError, "run notebooks/08 first"),
    ],
    ids=["01", "04", "04 raw", "06", "02", "05", "07", "07 winner", "08", "09"],
)
def test_without_its_predecessor_a_step_names_it(config, aws, step, error, first):
    aws.store.delete_bucket(config.bucket)
    with pytest.raises(error, match=first):
        step(config)


def test_without_the_tables_a_query_names_their_notebook(config):
    query(config, f"CREATE DATABASE {config.database}")
    with pytest.raises(QueryError, match="run notebooks/02 first"):
        query(config, "SELECT * FROM birds")
