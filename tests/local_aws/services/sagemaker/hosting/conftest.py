"""Endpoints of tiny models."""

import pytest

from tests.local_aws.services.sagemaker.hosting.models import Hosting


@pytest.fixture
def hosting(aws, client):
    """Return a helper that makes models and endpoints."""
    return Hosting(aws, client)
