"""The SDK's session of pipelines at a local AWS, whose role may start every step."""

from helpers import roles
from helpers.session import boto_session, client
from tests.local_aws.services.sagemaker.pipelines.definitions import allow
from tests.local_cloud import BUCKET


def pipeline_session(config):
    """Make the course's role, and return a session that uses the tests' bucket."""
    from sagemaker.core.workflow.pipeline_context import PipelineSession

    roles.make_role(config)
    allow(client(config, "iam"), role=config.role)
    return PipelineSession(
        boto_session=boto_session(config),
        sagemaker_client=client(config, "sagemaker"),
        default_bucket=BUCKET,
    )
