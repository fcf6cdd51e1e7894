"""A local AWS with a role for Glue, and what runs jobs on it."""

import pytest

from tests.local_aws.services.glue.jobs.spark_jobs import Jobs, make_role


@pytest.fixture
def jobs(aws, client):
    """Return what runs scripts as jobs with a role that may do everything in S3."""
    make_role(client)
    return Jobs(aws, client)
