"""A REST API of each test, and one with an endpoint that a file's tests share."""

import pytest

from local_aws.server import LocalAws
from tests.local_aws.services.apigateway.doors import SCRIPT, Door
from tests.local_aws.services.sagemaker.hosting.models import Hosting, archive
from tests.local_cloud import furnish, make_client


@pytest.fixture
def door(aws):
    """Return a REST API whose endpoint is not there."""
    return Door(aws).make()


@pytest.fixture(scope="module")
def model_door(tmp_path_factory):
    """Return a REST API with an endpoint behind it; tests leave it as it was."""
    with LocalAws(tmp_path_factory.mktemp("aws")) as aws:
        furnish(aws)
        hosting = Hosting(aws, lambda service: make_client(aws, service))
        assert hosting.create(archive(SCRIPT))["EndpointStatus"] == "InService"
        yield Door(aws).make()
