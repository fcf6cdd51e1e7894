"""The roles of the pipeline, its functions and its step Deploy, and what they may; starts none.

The pipeline's role makes the jobs and hands them their roles; only that of Deploy may change the
endpoint; each function has what its step puts. A role that the account has is neither made nor
changed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from helpers.automation.function_roles import (
    gateway_function_permissions,
    live_permissions,
    schedule_function_permissions,
)
from helpers.config import PROJECT, Config
from helpers.gateway import gateway_name, make_door_role
from helpers.gateway_document import ASSUMED_BY
from helpers.role_trust import companys_role
from helpers.roles import TRUSTED, Permissions, permissions, put_role
from helpers.schedules import make_role as make_schedules_role
from helpers.schedules import schedules_role
from helpers.session import client, role_arn
from helpers.user_policy import LAMBDA, SCHEDULER

PIPELINE = f"{PROJECT}-pipeline"
FUNCTION = f"{PROJECT}-function"
DEPLOYMENT = f"{PROJECT}-pipeline-deployment"


def pipeline_permissions(config: Config) -> Permissions:
    """Return what the pipeline's role may do."""
    place, bucket = f"{config.region}:*", f"arn:aws:s3:::{config.bucket}"
    # SageMaker itself names training jobs: the SDK leaves out their name (`ModelTrainer.train`).
    jobs = (f"processing-job/{PROJECT}", "training-job/pipelines-")
    return {
        "make jobs and follow them": (
            [
                f"sagemaker:{verb}{kind}"
                for kind in ("ProcessingJob", "TrainingJob")
                for verb in ("Create", "Describe", "Stop")
            ]
            + ["sagemaker:AddTags"],
            [f"arn:aws:sagemaker:{place}:{job}*" for job in jobs],
        ),
        "register versions": (
            ["sagemaker:CreateModelPackage", "sagemaker:CreateModelPackageGroup",
             "sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup",
             "sagemaker:AddTags"],
            [f"arn:aws:sagemaker:{place}:{kind}/{PROJECT}*"
             for kind in ("model-package", "model-package-group")],
        ),
        "give the jobs their roles": (
            ["iam:PassRole"], [f"arn:aws:iam::*:role/{name}" for name in (config.role, DEPLOYMENT)]
        ),
        "ask the function": (
            ["lambda:InvokeFunction", "lambda:GetFunction"],
            [f"arn:aws:lambda:{place}:function:{PROJECT}*"],
        ),
        "read the jobs' results": (["s3:GetObject"], [f"{bucket}/{config.home}pipeline/*"]),
        "list the course's bucket": (["s3:ListBucket", "s3:GetBucketLocation"], [bucket]),
    }  # fmt: skip


JOB = (
    "read and write the course's bucket", "list the course's bucket", "write logs",
    "publish metrics", "pull images", "join a VPC (the SDK refuses a role without)",
)  # fmt: skip
"""What the deployment's job needs as any job does, by the words of the execution role."""


def deployment_permissions(config: Config) -> Permissions:
    """Return what the deployment's role may do."""
    place, account = f"arn:aws:sagemaker:{config.region}:*", permissions(config)
    kinds = ("endpoint", "endpoint-config", "model", "model-package")
    scaling = "application-autoscaling"
    return {
        **{words: account[words] for words in JOB},
        "approve a version and let the endpoint serve it": (
            ["sagemaker:DescribeModelPackage", "sagemaker:UpdateModelPackage",
             "sagemaker:CreateModel", "sagemaker:DescribeModel", "sagemaker:AddTags",
             "sagemaker:CreateEndpointConfig", "sagemaker:DescribeEndpointConfig",
             "sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint",
             "sagemaker:UpdateEndpointWeightsAndCapacities"],
            [f"{place}:{kind}/{PROJECT}*" for kind in kinds],
        ),
        "find the models": (["sagemaker:ListModels"], ["*"]),
        "give the model its role": (["iam:PassRole"], [f"arn:aws:iam::*:role/{config.role}"]),
        "make the alarms that guard the update": (
            ["cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"],
            [f"arn:aws:cloudwatch:{config.region}:*:alarm:{name}*"
             for name in (PROJECT, f"TargetTracking-endpoint/{PROJECT}")],
        ),
        "see alarms": (["cloudwatch:DescribeAlarms"], ["*"]),
        "let the endpoint scale": (
            [f"{scaling}:RegisterScalableTarget", f"{scaling}:PutScalingPolicy",
             f"{scaling}:TagResource"],
            [f"arn:aws:{scaling}:{config.region}:*:scalable-target/*"],
        ),
        "let scaling have its own role": (
            ["iam:CreateServiceLinkedRole"],
            ["arn:aws:iam::*:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/*"],
        ),
    }  # fmt: skip


@dataclass(frozen=True)
class PipelineRoles:
    """The ARNs of the roles that a pipeline needs."""

    pipeline: str
    function: str
    deployment: str
    gateway_function: str
    schedule_function: str
    gateway: str
    """As which the REST API asks; 08 makes it too."""
    schedules: str
    """As which Scheduler starts jobs; 09 makes it too."""


def own_roles(config: Config) -> dict[str, tuple[str, str, Callable[[Config], Permissions]]]:
    """Return by field of PipelineRoles a role's name, the service that assumes it, and its rights.

    What puts one data set's REST API or schedule has a role for that data set alone.
    """
    return {
        "pipeline": (PIPELINE, TRUSTED, pipeline_permissions),
        "function": (FUNCTION, LAMBDA, live_permissions),
        "deployment": (DEPLOYMENT, TRUSTED, deployment_permissions),
        "gateway_function": (
            f"{config.name}-rest-api-function", LAMBDA, gateway_function_permissions
        ),
        "schedule_function": (
            f"{config.name}-schedule-function", LAMBDA, schedule_function_permissions
        ),
    }  # fmt: skip


def all_roles(config: Config) -> dict[str, tuple[str, str]]:
    """Return by field of PipelineRoles a role's name, and the service that assumes it."""
    own = {field: (name, service) for field, (name, service, _) in own_roles(config).items()}
    return own | {
        "gateway": (gateway_name(config), ASSUMED_BY),
        "schedules": (schedules_role(config), SCHEDULER),
    }


def make_roles(config: Config) -> PipelineRoles:
    """Create the roles, or renew their permissions, and return their ARNs.

    Raises:
        LookupError: notebook 00 has not made the execution role yet.
    """
    return PipelineRoles(
        **{
            field: companys_role(config, service)
            or put_role(config, name, service, permissions(config))
            for field, (name, service, permissions) in own_roles(config).items()
        },
        gateway=make_door_role(config, config.name),
        schedules=make_schedules_role(config, role_arn(config)),
    )


def find_roles(config: Config) -> PipelineRoles:
    """Return the ARNs of the roles that are there: who may only look makes none.

    Raises:
        LookupError: a role is not there yet.
    """
    iam, arns = client(config, "iam"), {}
    for field, (name, service) in all_roles(config).items():
        try:
            arns[field] = (
                companys_role(config, service) or iam.get_role(RoleName=name)["Role"]["Arn"]
            )
        except iam.exceptions.NoSuchEntityException:
            raise LookupError(f"The account has no role {name}: run notebooks/10 once") from None
    return PipelineRoles(**arns)
