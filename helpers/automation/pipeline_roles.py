"""The roles of the pipeline and of its function, with the permissions that they need; starts none.

The pipeline's role makes the jobs and hands them the execution role; the function's one looks at
the endpoint. A role that the account has is neither made nor changed.
"""

from helpers.config import PROJECT, Config
from helpers.role_trust import companys_role
from helpers.roles import TRUSTED, put_role

PIPELINE = f"{PROJECT}-pipeline"
FUNCTION = f"{PROJECT}-function"
FUNCTIONS = "lambda.amazonaws.com"


def pipeline_permissions(config: Config) -> dict[str, tuple[list[str], list[str]]]:
    """Return what the pipeline's role may do: {description: (actions, resources)}."""
    place, bucket = f"{config.region}:*", f"arn:aws:s3:::{config.bucket}"
    jobs = ("processing-job", "training-job")
    return {
        "make jobs and follow them": (
            [
                f"sagemaker:{verb}{kind}"
                for kind in ("ProcessingJob", "TrainingJob")
                for verb in ("Create", "Describe", "Stop")
            ]
            + ["sagemaker:AddTags"],
            [f"arn:aws:sagemaker:{place}:{kind}/{PROJECT}*" for kind in jobs],
        ),
        "register versions": (
            ["sagemaker:CreateModelPackage", "sagemaker:CreateModelPackageGroup",
             "sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup",
             "sagemaker:AddTags"],
            [f"arn:aws:sagemaker:{place}:{kind}/{PROJECT}*"
             for kind in ("model-package", "model-package-group")],
        ),
        "give the jobs their roles": (["iam:PassRole"], [f"arn:aws:iam::*:role/{PROJECT}*"]),
        "ask the function": (
            ["lambda:InvokeFunction", "lambda:GetFunction"],
            [f"arn:aws:lambda:{place}:function:{PROJECT}*"],
        ),
        "read the jobs' results": (["s3:GetObject"], [f"{bucket}/{config.home}pipeline/*"]),
        "list the course's bucket": (["s3:ListBucket", "s3:GetBucketLocation"], [bucket]),
    }  # fmt: skip


def function_permissions(config: Config) -> dict[str, tuple[list[str], list[str]]]:
    """Return what the function's role may do: {description: (actions, resources)}."""
    logs = f"arn:aws:logs:{config.region}:*:log-group:/aws/lambda/{PROJECT}*"
    kinds = {"Endpoint": "endpoint", "EndpointConfig": "endpoint-config", "Model": "model",
             "ModelPackage": "model-package"}  # fmt: skip
    return {
        **{
            f"look at each {name.replace('-', ' ')}": (
                [f"sagemaker:Describe{kind}"],
                [f"arn:aws:sagemaker:{config.region}:*:{name}/{PROJECT}*"],
            )
            for kind, name in kinds.items()
        },
        "write logs": (
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [logs, f"{logs}:log-stream:*"],
        ),
    }


def make_pipeline_role(config: Config) -> str:
    """Create the role of pipelines, or renew its permissions, and return its ARN."""
    return companys_role(config, TRUSTED) or put_role(
        config, PIPELINE, TRUSTED, pipeline_permissions(config)
    )


def make_function_role(config: Config) -> str:
    """Create the role of the pipeline's function, or renew its permissions, and return its ARN."""
    return companys_role(config, FUNCTIONS) or put_role(
        config, FUNCTION, FUNCTIONS, function_permissions(config)
    )
