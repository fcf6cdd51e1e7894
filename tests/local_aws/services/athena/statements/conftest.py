"""The context of a statement over a catalog with one database."""

import pytest

from local_aws.services.athena.statements.duckdb_database import open_database
from local_aws.services.athena.statements.run_context import RunContext
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock
from local_aws.state.objects.store import ObjectStore


@pytest.fixture
def context(tmp_path):
    """Return a context whose database is `birds`."""
    catalog, store = Catalog(tmp_path / "glue", Clock()), ObjectStore(tmp_path / "s3")
    catalog.create_database({"DatabaseInput": {"Name": "birds"}})
    with open_database() as connection:
        yield RunContext("id", catalog, store, connection, "birds", "s3://lake/results/", {})
    store.close()
