"""Transform jobs of tiny models."""

import pytest

from tests.local_aws.services.sagemaker.hosting.models import Hosting
from tests.local_aws.services.sagemaker.transform.jobs import Transforms


@pytest.fixture
def transforms(aws, client):
    """Return a helper that makes models and transform jobs."""
    return Transforms(Hosting(aws, client))
