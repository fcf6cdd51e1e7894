"""What the roles of the pipeline's functions may do: look at the endpoint, or put one thing each.

None of them may change an endpoint: whatever becomes of what follows `Deploy`, it goes on serving.
"""

from helpers.config import PROJECT, Config
from helpers.gateway import gateway_name
from helpers.gateway_document import ASSUMED_BY, STAGE
from helpers.roles import Permissions
from helpers.schedules import schedules_role
from helpers.user_policy import SCHEDULER
from helpers.watch_schedules import watch_schedule


def live_permissions(config: Config) -> Permissions:
    """Return what the function of `Live` may do."""
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
        **_logs(config, PROJECT),
    }


def gateway_function_permissions(config: Config) -> Permissions:
    """Return what the function of `Gateway` may do.

    API Gateway's actions are HTTP's verbs, and its ids are its own, of ten letters: the paths alone
    are known.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
    """
    place = f"arn:aws:apigateway:{config.region}::"
    api = f"{place}/restapis/{10 * '?'}"
    return {
        "find the REST API, or make it": (
            ["apigateway:GET", "apigateway:POST"], [f"{place}/restapis"]
        ),
        "tag it and its stage": (["apigateway:PUT"], [f"{place}/tags/*"]),
        "replace what it does": (["apigateway:PUT"], [api]),
        "look at its stage, and at what that serves": (
            ["apigateway:GET"], [f"{api}/stages", f"{api}/deployments/*"]
        ),
        "deploy it to its stage": (["apigateway:POST"], [f"{api}/deployments", f"{api}/stages"]),
        "change its stage": (["apigateway:PATCH"], [f"{api}/stages/{STAGE}"]),
        "give the REST API its role": (
            ["iam:PassRole"], [f"arn:aws:iam::*:role/{gateway_name(config)}"], ASSUMED_BY
        ),
        **_logs(config, config.name),
    }  # fmt: skip


def schedule_function_permissions(config: Config) -> Permissions:
    """Return what the function of `Schedule` may do."""
    place, schedule = f"arn:aws:scheduler:{config.region}:*", watch_schedule(config)
    return {
        "make the group of the schedules": (
            ["scheduler:CreateScheduleGroup", "scheduler:TagResource"],
            [f"{place}:schedule-group/{schedule.group}"],
        ),
        "put the schedule of the monitor": (
            [f"scheduler:{verb}Schedule" for verb in ("Create", "Get", "Update")],
            [f"{place}:schedule/{schedule.group}/{schedule.name}"],
        ),
        "give the schedule its role": (
            ["iam:PassRole"], [f"arn:aws:iam::*:role/{schedules_role(config)}"], SCHEDULER
        ),
        **_logs(config, config.name),
    }  # fmt: skip


def _logs(config: Config, name: str) -> Permissions:
    logs = f"arn:aws:logs:{config.region}:*:log-group:/aws/lambda/{name}*"
    return {
        "write logs": (
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [logs, f"{logs}:log-stream:*"],
        )
    }
