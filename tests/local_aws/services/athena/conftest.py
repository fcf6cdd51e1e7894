"""An empty cloud of Athena and S3 for every test."""

import pytest

from tests.local_aws.services.athena.cloud import Cloud


@pytest.fixture
def cloud(tmp_path):
    """An empty cloud with one database."""
    made = Cloud(tmp_path)
    made.catalog.create_database({"DatabaseInput": {"Name": "birds"}})
    yield made
    made.close()
