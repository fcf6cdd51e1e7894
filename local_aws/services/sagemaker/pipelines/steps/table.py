"""The kinds of steps that are executed; every other type is refused by name."""

from local_aws.services.sagemaker.pipelines.steps.branches import Condition, Fail
from local_aws.services.sagemaker.pipelines.steps.endpoints import Endpoint, EndpointConfig
from local_aws.services.sagemaker.pipelines.steps.functions import Lambda
from local_aws.services.sagemaker.pipelines.steps.jobs import (
    Processing,
    Training,
    Transform,
    Tuning,
)
from local_aws.services.sagemaker.pipelines.steps.kind import Kind
from local_aws.services.sagemaker.pipelines.steps.models import Model, RegisterModel

KINDS: tuple[type[Kind], ...] = (
    *(Processing, Training, Tuning, Transform, Condition, Fail),
    *(Model, RegisterModel, EndpointConfig, Endpoint, Lambda),
)
