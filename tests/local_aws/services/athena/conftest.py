"""A cloud of Athena and S3 for every test: empty, or with the recordings' table."""

import pytest

from tests.local_aws.services.athena.cloud import Cloud
from tests.local_aws.services.athena.sample_tables import OPENX, lay_down


@pytest.fixture
def cloud(tmp_path):
    """An empty cloud with one database."""
    made = Cloud(tmp_path)
    made.catalog.create_database({"DatabaseInput": {"Name": "birds"}})
    yield made
    made.close()


@pytest.fixture
def lake(cloud):
    """A cloud with the recordings' table."""
    lay_down(cloud.store)
    cloud.run(
        "CREATE EXTERNAL TABLE recordings (id string, label string, seconds int) "
        f"{OPENX} LOCATION 's3://lake/recordings/'"
    )
    return cloud
