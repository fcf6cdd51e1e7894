"""A Feature Store with a role that may write its files, in which nothing happens by itself."""

import pytest

from local_aws.server import LocalAws
from local_aws.services.sagemaker.features import groups, offline
from tests.local_aws.services.sagemaker.features.stores import DELAYS, Store
from tests.local_cloud import furnish, make_client


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Return a local AWS whose groups and batches wait for a clock that is moved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "SECONDS", DELAYS[0])
        patch.setattr(offline, "SECONDS", DELAYS[1])
        patch.setattr(offline, "AGAIN", DELAYS[2])
        with LocalAws(tmp_path_factory.mktemp("features") / "state") as server:
            furnish(server)
            yield server


@pytest.fixture
def features(server):
    """Return the Feature Store of the module's local AWS, empty after each test."""
    store = Store(server, lambda service: make_client(server, service))
    yield store
    store.clear()
