"""What a person must be allowed to run the course, as an IAM policy; asks no service.

Each action is of an operation that the course's clients send, or that one of them needs; a test
holds the two lists together. An action that can't be bound to a resource is allowed on all:
https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Iterator

from helpers import glue_role
from helpers.athena import query_permissions
from helpers.config import PROJECT, Config
from helpers.events import ROLE as RULES_ROLE
from helpers.events import SERVICE as RULES
from helpers.events import rules_permissions
from helpers.feature_groups import feature_permissions
from helpers.gateway_document import ASSUMED_BY, STAGE
from helpers.policy_documents import Permission
from helpers.roles import TRUSTED, secret_arn
from helpers.s3_uris import is_uri, parse_uri
from helpers.watch_permissions import watch_permissions

SAGEMAKER = {
    "training-job": (
        *("CreateTrainingJob", "DeleteTrainingJob", "DescribeTrainingJob"),
        *("StopTrainingJob", "UpdateTrainingJob"),
    ),
    "processing-job": (
        *("CreateProcessingJob", "DeleteProcessingJob", "DescribeProcessingJob"),
        "StopProcessingJob",
    ),
    "transform-job": ("CreateTransformJob", "DescribeTransformJob", "StopTransformJob"),
    "hyper-parameter-tuning-job": (
        *("CreateHyperParameterTuningJob", "DeleteHyperParameterTuningJob"),
        *("DescribeHyperParameterTuningJob", "StopHyperParameterTuningJob"),
        "ListTrainingJobsForHyperParameterTuningJob",
    ),
    "model": ("CreateModel", "DeleteModel"),
    "endpoint-config": (
        *("CreateEndpointConfig", "DeleteEndpointConfig", "DescribeEndpointConfig"),
        *("CreateEndpoint", "UpdateEndpoint"),
    ),
    "endpoint": (
        *("CreateEndpoint", "DeleteEndpoint", "DescribeEndpoint", "InvokeEndpoint"),
        *("InvokeEndpointAsync", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"),
    ),
    "model-package-group": (
        *("CreateModelPackage", "CreateModelPackageGroup", "DeleteModelPackageGroup"),
        *("DescribeModelPackageGroup", "ListModelPackages"),
    ),
    "model-package": (
        *(f"{verb}ModelPackage" for verb in ("Create", "Delete", "Describe", "Update")),
    ),
    "pipeline": (
        *(f"{verb}Pipeline" for verb in ("Create", "Delete", "Describe", "Update")),
        *("DescribePipelineDefinitionForExecution", "DescribePipelineExecution"),
        *("ListPipelineExecutionSteps", "ListPipelineExecutions", "StartPipelineExecution"),
        "StopPipelineExecution",
    ),
    "model-card": ("CreateModelCard", "DeleteModelCard", "UpdateModelCard"),
}
"""Kinds of SageMaker's resources whose names the course begins with its own."""
FUNCTIONS = "CreateFunction DeleteFunction GetFunction TagResource UpdateFunctionCode".split()
QUOTAS = ("ListAWSDefaultServiceQuotas", "ListServiceQuotas")
SCHEDULER, LAMBDA = "scheduler.amazonaws.com", "lambda.amazonaws.com"
LISTS = (
    *("ListEndpointConfigs", "ListEndpoints", "ListHyperParameterTuningJobs", "ListModelCards"),
    *("ListModelPackageGroups", "ListModels", "ListProcessingJobs", "ListTrainingJobs"),
    *("ListFeatureGroups", "ListPipelines", "ListTransformJobs"),
)
SCALING = "application-autoscaling"


def user_permissions(config: Config, account: str) -> list[Permission]:
    """Return all that the caller must be allowed, for the settings of this run.

    Args:
        account: its number, for the resources' ARNs.
    """
    own = f"{PROJECT}*"
    place = f"{config.region}:{account}"
    return [
        *_storage(config),
        *_role(config, account),
        *(
            Permission(
                f"use SageMaker's {kind}s of the course",
                tuple(f"sagemaker:{name}" for name in names),
                (f"arn:aws:sagemaker:{place}:{kind}/{own}",),
            )
            for kind, names in SAGEMAKER.items()
        ),
        Permission(
            "mark what is made in SageMaker, and see the marks",
            ("sagemaker:AddTags", "sagemaker:ListTags"),
            (f"arn:aws:sagemaker:{place}:*/{own}",),
        ),
        Permission("list what is in SageMaker", tuple(f"sagemaker:{name}" for name in LISTS)),
        *query_permissions(config, place),
        *feature_permissions(place),
        *_spark(place),
        *_images(place),
        *_logs(place),
        *watch_permissions(place),
        *_scaling(config, place),
        *_gateway(config, place),
        *rules_permissions(place),
        Permission(
            "make functions, see them and delete them",
            tuple(f"lambda:{name}" for name in FUNCTIONS),
            (f"arn:aws:lambda:{place}:function:{own}",),
        ),
        Permission("list functions", ("lambda:ListFunctions",)),
        Permission(
            "set a limit for the bill",
            ("budgets:ModifyBudget",),
            (f"arn:aws:budgets::{account}:budget/{PROJECT}*",),
        ),
        Permission("find the limit among all budgets", ("budgets:ViewBudget",)),
        Permission("see who is calling", ("sts:GetCallerIdentity",)),
        Permission("see the quotas", tuple(f"servicequotas:{name}" for name in QUOTAS)),
    ]


def _storage(config: Config) -> Iterator[Permission]:
    account = config.account
    buckets = tuple(
        f"arn:aws:s3:::{name}" for name in dict.fromkeys((config.bucket, config.curated_bucket))
    )
    look = (
        *("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
        *("s3:GetBucketPolicy", "s3:GetEncryptionConfiguration", "s3:GetBucketPublicAccessBlock"),
        *("s3:GetBucketNotification", "s3:GetBucketTagging", "s3:ListBucketVersions"),
    )
    make = (
        *("s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketPolicy"),
        *("s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration", "s3:TagResource"),
        "s3:PutBucketNotification",
    )
    yield Permission("look into the course's buckets", look, buckets)
    if not account.bucket:
        yield Permission("make the course's buckets, close them, and delete them", make, buckets)
    yield Permission(
        "read and write the course's objects",
        (
            *("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"),
            *("s3:GetObject", "s3:PutObject"),
        ),
        tuple(f"{bucket}/{config.home}*" for bucket in buckets),
    )
    if config.raw and is_uri(config.raw):
        own, prefix = parse_uri(config.raw)
        yield Permission("list your own raw data", ("s3:ListBucket",), (f"arn:aws:s3:::{own}",))
        objects = f"arn:aws:s3:::{own}/{prefix.rstrip('/')}/*".replace("//*", "/*")
        yield Permission("read your own raw data", ("s3:GetObject",), (objects,))
    if account.kms_key:
        yield Permission(
            "use the account's key",
            ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt",
             "kms:GenerateDataKey"),
            (account.kms_key,),
        )  # fmt: skip
    if account.wandb_secret:
        yield Permission(
            "keep the key for wandb",
            ("secretsmanager:CreateSecret", "secretsmanager:DescribeSecret",
             "secretsmanager:PutSecretValue"),
            (secret_arn(config),),
        )  # fmt: skip


def _role(config: Config, account: str) -> Iterator[Permission]:
    own = f"arn:aws:iam::{account}:role/"
    role, doors = f"{own}{config.role}", f"{own}{PROJECT}-*-gateway"
    rules = f"{own}{RULES_ROLE}"
    spark, timers = f"{own}{glue_role.ROLE}", f"{own}{PROJECT}-*-schedules"
    functions, steps = f"{own}{PROJECT}-*function", f"{own}{PROJECT}-pipeline*"
    if config.account.role_arn:
        role = doors = rules = spark = timers = functions = steps = config.account.role_arn
    else:
        yield from _made_roles(config, (role, doors, rules, spark, timers, functions, steps))
    look = ("iam:GetRole", "iam:SimulatePrincipalPolicy")
    yield Permission("see the execution role and what it may do", look, (role,))
    for what, name, service in (
        ("hand the execution role to SageMaker alone", role, TRUSTED),
        ("hand the Spark jobs' role to Glue alone", spark, glue_role.TRUSTED),
        ("hand the gateways' roles to API Gateway alone", doors, ASSUMED_BY),
        ("hand the rules' role to EventBridge alone", rules, RULES),
        ("hand the pipeline's roles to SageMaker alone", steps, TRUSTED),
        ("hand the functions' roles to Lambda alone", functions, LAMBDA),
        ("hand the schedules' roles to EventBridge Scheduler alone", timers, SCHEDULER),
    ):
        yield Permission(what, ("iam:PassRole",), (name,), {"iam:PassedToService": service})


def _made_roles(config: Config, roles: tuple[str, ...]) -> Iterator[Permission]:
    """Yield what it takes to make the course's roles, and to delete them."""
    make = (
        *("iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole"),
        *("iam:ListRolePolicies", "iam:PutRolePolicy"),
        *("iam:ListRoleTags", "iam:TagRole"),
    )
    if bound := config.account.permissions_boundary:
        # Only these three know the key; the others would be denied by it.
        bounded = ("iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy")
        context = {"iam:PermissionsBoundary": bound}
        yield Permission("make the course's roles within their boundary", bounded, roles, context)
        make = tuple(action for action in make if action not in bounded)
    yield Permission("make the course's roles and delete them", make, roles)
    yield Permission("find the course's roles", ("iam:ListRoles",))


def _spark(place: str) -> Iterator[Permission]:
    names = "BatchStopJobRun CreateJob DeleteJob GetJobRun GetJobRuns GetTags StartJobRun"
    actions = tuple(f"glue:{name}" for name in (*names.split(), "TagResource", "UpdateJob"))
    jobs = f"arn:aws:glue:{place}:job/{PROJECT}*"
    yield Permission("make Spark jobs, run them and delete them", actions, (jobs,))
    names = (
        *("CreateTrigger", "CreateWorkflow", "DeleteTrigger", "DeleteWorkflow", "GetTags"),
        *("GetTrigger", "GetWorkflowRuns", "TagResource", "UpdateTrigger"),
    )
    actions = tuple(f"glue:{name}" for name in names)
    kinds = tuple(f"arn:aws:glue:{place}:{kind}/{PROJECT}*" for kind in ("trigger", "workflow"))
    yield Permission("make workflows, see their runs and delete them", actions, kinds)
    lists = ("glue:GetJobs", "glue:GetTriggers", "glue:ListWorkflows")
    yield Permission("list what is in Glue", lists)


def _images(place: str) -> Iterator[Permission]:
    push = (
        *("BatchCheckLayerAvailability", "CompleteLayerUpload", "InitiateLayerUpload"),
        *("PutImage", "UploadLayerPart"),
    )
    keep = ("CreateRepository", "DeleteRepository", "ListImages")
    names = (*keep, *push, "ListTagsForResource", "TagResource")
    yield Permission(
        "build the image of the processing jobs",
        tuple(f"ecr:{name}" for name in names),
        (f"arn:aws:ecr:{place}:repository/{PROJECT}*",),
    )
    yield Permission(
        "find images and log in to push one",
        ("ecr:DescribeRepositories", "ecr:GetAuthorizationToken"),
    )


def _logs(place: str) -> Iterator[Permission]:
    groups = tuple(
        f"arn:aws:logs:{place}:log-group:{prefix}/*" for prefix in ("/aws/sagemaker", "/aws-glue")
    )
    yield Permission(
        "read the jobs' logs and delete them",
        ("logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:DescribeLogStreams",
         "logs:FilterLogEvents", "logs:GetLogEvents"),
        groups,
    )  # fmt: skip
    yield Permission("find the jobs' logs", ("logs:DescribeLogGroups",))


def _scaling(config: Config, place: str) -> Iterator[Permission]:
    """Yield what scaling an endpoint needs; the ids of scalable targets are AWS's own.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
    """
    names = ("RegisterScalableTarget", "DeregisterScalableTarget", "PutScalingPolicy")
    yield Permission(
        "scale endpoints",
        tuple(f"{SCALING}:{name}" for name in (*names, "TagResource", "ListTagsForResource")),
        (f"arn:aws:{SCALING}:{place}:scalable-target/*",),
    )
    lists = ("DescribeScalableTargets", "DescribeScalingActivities", "DescribeScalingPolicies")
    yield Permission("see how endpoints scale", tuple(f"{SCALING}:{name}" for name in lists))
    yield Permission(
        "let a scaling policy make its alarms",
        ("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"),
        (f"arn:aws:cloudwatch:{place}:alarm:TargetTracking-endpoint/{PROJECT}*",),
    )
    service = f"sagemaker.{SCALING}.amazonaws.com"
    if not config.account.role_arn:  # where roles are given, this one is too
        yield Permission(
            "make the role by which AWS scales endpoints, once an account",
            ("iam:CreateServiceLinkedRole",),
            (f"arn:aws:iam::*:role/aws-service-role/{service}/*",),
            {"iam:AWSServiceName": service},
        )


def _gateway(config: Config, place: str) -> Iterator[Permission]:
    """Yield what a REST API needs: its actions are HTTP's verbs, and its ids are AWS's own."""
    kinds = ("apikeys*", "restapis*", "usageplans*", "tags/*")
    yield Permission(
        "make REST APIs, usage plans and keys, and delete them",
        tuple(f"apigateway:{verb}" for verb in ("DELETE", "GET", "PATCH", "POST", "PUT")),
        tuple(f"arn:aws:apigateway:{config.region}::/{kind}" for kind in kinds),
    )
    yield Permission(
        "send signed requests to a REST API",
        ("execute-api:Invoke",),
        (f"arn:aws:execute-api:{place}:*/{STAGE}/*",),
    )
