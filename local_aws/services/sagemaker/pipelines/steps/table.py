"""The kinds of steps that are executed; every other type is refused by name."""

from local_aws.services.sagemaker.pipelines.steps.branches import Condition, Fail
from local_aws.services.sagemaker.pipelines.steps.jobs import Processing, Training
from local_aws.services.sagemaker.pipelines.steps.kind import Kind
from local_aws.services.sagemaker.pipelines.steps.models import RegisterModel

KINDS: tuple[type[Kind], ...] = (Processing, Training, Condition, Fail, RegisterModel)
