"""The roles that GitHub's workflow of the pipeline assumes: policies alone, which a person applies.

GitHub signs a token for each job; AWS gives temporary keys for it, so no secret is stored there:
https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
What runs for a pull request is the request's own code: its role changes nothing. Only main's role
uploads code and changes the pipeline, and neither makes a role.
"""

from helpers.automation.pipeline_roles import PIPELINE, all_roles, own_roles
from helpers.config import PROJECT, Config
from helpers.policy_documents import Permission
from helpers.roles import PASSED_TO, TRUSTED
from helpers.user_policy import LAMBDA

PROVIDER = "token.actions.githubusercontent.com"
SUBJECTS = {"plan": "pull_request", "put": "ref:refs/heads/main"}
"""The command of tools/pipeline.py that a role is for, to the jobs that may assume it."""


def trust(command: str, account: str, repository: str) -> dict:
    """Return the trust policy: this repository's jobs of one kind, and no others.

    Args:
        command: a name of SUBJECTS.
        repository: OWNER/NAME on GitHub.
    """
    subject = f"repo:{repository}:{SUBJECTS[command]}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/{PROVIDER}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{PROVIDER}:aud": "sts.amazonaws.com", f"{PROVIDER}:sub": subject}
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def plan_permissions(config: Config) -> list[Permission]:
    """Return what the role of a pull request may do."""
    bucket = _bucket(config)
    names = (config.role, *(name for name, _ in all_roles(config).values()))
    return [
        Permission("read the pipeline", ("sagemaker:DescribePipeline",), _pipelines(config)),
        Permission("find the feature group", ("sagemaker:DescribeFeatureGroup",), _groups(config)),
        Permission("find the roles", ("iam:GetRole",), tuple(map(_role, names))),
        Permission("see which code is there", ("s3:ListBucket",), (bucket,)),
        Permission(
            "find the image", ("ecr:DescribeRepositories", "ecr:ListImages"), (_image(config),)
        ),
    ]


def put_permissions(config: Config) -> list[Permission]:
    """Return what the role of main may do."""
    pipelines = ("CreatePipeline", "UpdatePipeline", "AddTags", "ListTags")
    functions = ("CreateFunction", "UpdateFunctionCode", "TagResource")
    code = tuple(f"{_bucket(config)}/{config.home}{folder}/*" for folder in ("code", "staging"))
    roles = {PIPELINE: TRUSTED}
    roles |= {name: service for name, service, _ in own_roles(config).values() if service == LAMBDA}
    own = f"arn:aws:lambda:{config.region}:*:function:{PROJECT}*"
    return [
        *plan_permissions(config),
        Permission("upload code", ("s3:PutObject",), code),
        Permission(
            "create the pipeline, or update it",
            tuple(f"sagemaker:{action}" for action in pipelines),
            _pipelines(config),
        ),
        Permission(
            "put the pipeline's functions",
            tuple(f"lambda:{action}" for action in functions),
            (own,),
        ),
        *(
            Permission(
                f"give {service} its role", ("iam:PassRole",), (_role(name),), {PASSED_TO: service}
            )
            for name, service in roles.items()
        ),
    ]


PERMISSIONS = {"plan": plan_permissions, "put": put_permissions}


def _bucket(config: Config) -> str:
    return f"arn:aws:s3:::{config.bucket}"


def _pipelines(config: Config) -> tuple[str, ...]:
    return (f"arn:aws:sagemaker:{config.region}:*:pipeline/{PROJECT}*",)


def _groups(config: Config) -> tuple[str, ...]:
    return (f"arn:aws:sagemaker:{config.region}:*:feature-group/{PROJECT}*",)


def _image(config: Config) -> str:
    return f"arn:aws:ecr:{config.region}:*:repository/{PROJECT}*"


def _role(name: str) -> str:
    return f"arn:aws:iam::*:role/{name}"
