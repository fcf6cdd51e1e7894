"""What a schedule calls: its target as one request of a service, sent as the target's role.

Universal targets: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
Done are SageMaker's createProcessingJob and startPipelineExecution, and the templated targets of
SQS, SNS and SageMaker's pipelines.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from local_aws import role_permissions
from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.role_trust import is_assumable
from local_aws.services.scheduler.refusals import invalid, not_done
from local_aws.wire.members import left_out
from local_aws.wire.validation import check_request, operation_model

SERVICE, SAGEMAKER = "scheduler.amazonaws.com", "sagemaker.amazonaws.com"
_UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:(.+)")
_PIPELINE = re.compile(r"arn:aws:sagemaker:[^:]+:\d+:pipeline/[\w-]+")
_JOB = ("sagemaker", "CreateProcessingJob")
_EXECUTION = ("sagemaker", "StartPipelineExecution")
_LONGEST = 256 * 1024
"""Bytes of an input: https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html"""


@dataclass(frozen=True)
class Call:
    """One request of a service, and what its sender must be allowed."""

    service: str
    operation: str
    request: dict
    action: str
    resource: str
    passed: tuple[str, ...] = field(default=())
    """Roles that the request hands on to SageMaker."""


def words(schedule: str, scheduled: datetime, execution: str, attempt: int) -> dict[str, str]:
    """Return the context attributes of an invocation.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    return {
        "<aws.scheduler.schedule-arn>": schedule,
        "<aws.scheduler.scheduled-time>": f"{scheduled:%Y-%m-%dT%H:%M:%SZ}",
        "<aws.scheduler.execution-id>": execution,
        "<aws.scheduler.attempt-number>": str(attempt),
    }


def filled(target: dict, attributes: Mapping[str, str]) -> str:
    """Return a target's input, a pipeline's parameters, with the context attributes in it."""
    named = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    text = json.dumps(named) if _PIPELINE.fullmatch(target["Arn"]) else target["Input"]
    for word, value in attributes.items():
        text = text.replace(word, value)
    return text


def check(parts: Parts, target: dict, attributes: Mapping[str, str]) -> None:
    """Refuse a target that could not be called at all.

    Args:
        attributes: any, to try the input with.

    Raises:
        AwsError: ValidationException, or NotImplementedException with the name of what is not done.
    """
    if not is_assumable(parts, target["RoleArn"], SERVICE):
        who = "The execution role you provide must allow AWS EventBridge Scheduler"
        raise invalid(f"{who} to assume the role.")
    if "Input" not in target and not _PIPELINE.fullmatch(target["Arn"]):
        raise not_done("a schedule without Target.Input")
    if len(target.get("Input", "").encode()) > _LONGEST:
        raise invalid(f"Target.Input is longer than {_LONGEST} bytes.")
    call = _read(parts, target, attributes)
    if _UNIVERSAL.fullmatch(target["Arn"]):
        check_request(call.service, call.operation, call.request)
        shape = operation_model(call.service, call.operation).input_shape
        if names := left_out(shape, call.request, parts.members(call.service, call.operation)):
            raise not_done(f"{call.service}:{call.operation} with {', '.join(names)}")


def send(parts: Parts, target: dict, attributes: Mapping[str, str]) -> None:
    """Call a target.

    Raises:
        AwsError: its role can't be assumed or may not, or the service refuses the request.
    """
    role = target["RoleArn"]
    if not is_assumable(parts, role, SERVICE):
        raise AwsError("AccessDeniedException", f"{SERVICE} can't assume {role}.", 403)
    call = _read(parts, target, attributes)
    role_permissions.check(parts.call, role, call.action, call.resource)
    for passed in call.passed:
        context = role_permissions.TO_SAGEMAKER
        role_permissions.check(parts.call, role, "iam:PassRole", passed, context=context)
        if not is_assumable(parts, passed, SAGEMAKER):
            raise invalid(f"Could not assume role {passed}: {SAGEMAKER} is not trusted.")
    parts.call(call.service, call.operation, call.request)


def is_made(parts: Parts, target: dict, attributes: Mapping[str, str], since: datetime) -> bool:
    """Say whether an invocation has had its effect, where the service keeps one: a job does."""
    call = _read(parts, target, attributes)
    if (call.service, call.operation) != _JOB:
        return False
    name = {"ProcessingJobName": call.request["ProcessingJobName"]}
    try:
        return parts.call("sagemaker", "DescribeProcessingJob", name)["CreationTime"] >= since
    except AwsError:
        return False


def queue_message(parts: Parts, arn: str, text: str) -> Call:
    """Return the request that puts a text into the queue of an ARN."""
    url = f"{parts.context.url}/{parts.context.account}/{arn.rpartition(':')[2]}"
    request = {"QueueUrl": url, "MessageBody": text}
    return Call("sqs", "SendMessage", request, "sqs:SendMessage", arn)


def _read(parts: Parts, target: dict, attributes: Mapping[str, str]) -> Call:
    """Return the request of a target, from its input."""
    arn, text = target["Arn"], filled(target, attributes)
    if universal := _UNIVERSAL.fullmatch(arn):
        if universal[1] == "sagemaker:startPipelineExecution":
            return _started(parts, _object(text))
        if universal[1] != "sagemaker:createProcessingJob":
            raise not_done(f"the target {universal[1]}")
        return _job(parts, _object(text))
    if _PIPELINE.fullmatch(arn):
        # One execution for an invocation, however often it is sent.
        token = hashlib.sha256(" ".join(attributes.values()).encode()).hexdigest()
        request = {"PipelineName": arn, "ClientRequestToken": token}
        return _started(parts, {**request, "PipelineParameters": json.loads(text)})
    if re.fullmatch(r"arn:aws:sqs:[^:]+:\d+:[\w-]+", arn):
        return queue_message(parts, arn, text)
    if re.fullmatch(r"arn:aws:sns:[^:]+:\d+:[\w-]+", arn):
        return Call("sns", "Publish", {"TopicArn": arn, "Message": text}, "sns:Publish", arn)
    raise not_done(f"the target {arn}")


def _object(text: str) -> dict:
    try:
        request = json.loads(text)
    except ValueError as error:
        raise invalid(f"Invalid RequestJson provided. Reason {error}") from None
    if not isinstance(request, dict):
        raise invalid("Invalid RequestJson provided. Reason it is no object")
    return request


def _started(parts: Parts, request: dict) -> Call:
    name = str(request.get("PipelineName")).rpartition("/")[2]
    pipeline = parts.context.arn("sagemaker", f"pipeline/{name}")
    return Call(*_EXECUTION, request, "sagemaker:StartPipelineExecution", pipeline)


def _job(parts: Parts, request: dict) -> Call:
    name, role = str(request.get("ProcessingJobName")), request.get("RoleArn")
    job = parts.context.arn("sagemaker", f"processing-job/{name.lower()}")
    passed = (role,) if isinstance(role, str) else ()
    return Call(*_JOB, request, "sagemaker:CreateProcessingJob", job, passed)
