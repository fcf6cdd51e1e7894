"""The targets that events go to, and what each of them demands; knows no rule and no queue.

Queues, topics and log groups allow it in their own policies; a role is assumed for the others:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.resource_policies import allows
from local_aws.role_permissions import check as check_role
from local_aws.role_trust import is_assumable
from local_aws.services.events import inputs

SERVICE = "events.amazonaws.com"
LOG_GROUPS = "/aws/events/"
"""How the names of log groups begin that may be targets."""
NO_PERMISSIONS, NO_RESOURCE = "NO_PERMISSIONS", "NO_RESOURCE"
OTHERS = {"glue": ("glue", "NotifyEvent"), "sagemaker": ("sagemaker", "StartPipelineExecution")}
"""The operations that start a workflow or a pipeline."""


class Refused(Exception):
    """A target did not take an event.

    Attributes:
        code: the code in the dead letter.
        is_final: whether another attempt would be refused as well.
    """

    def __init__(self, code: str, message: str, is_final: bool):
        super().__init__(message)
        self.code, self.is_final = code, is_final


@dataclass(frozen=True)
class Message:
    """What goes to a target: the whole event, the target's text, the rule and the delivery."""

    event: dict
    text: str
    rule: dict
    key: str
    """The same at each attempt of one delivery."""


class Targets:
    """Sends messages to targets."""

    def __init__(self, parts: Parts):
        self._parts, self._call = parts, parts.call
        self._senders: dict[str, Callable[[dict, Message], None]] = {
            "sqs": self._to_queue,
            "sns": self._to_topic,
            "logs": self._to_log,
            "glue": self._to_workflow,
            "sagemaker": self._to_pipeline,
        }

    def check(self, target: dict) -> None:
        """Refuse a target that is not done, or that AWS refuses.

        Raises:
            AwsError: ValidationException, or NotImplementedException by the target's service.
        """
        arn, id_ = target["Arn"], target["Id"]
        fields = arn.split(":", 5)
        if len(fields) < 6 or fields[0] != "arn":
            message = f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format"
            raise AwsError("ValidationException", f"{message}.")
        service = fields[2]
        kind = service if service != "sagemaker" else f"sagemaker {fields[5].split('/')[0]}"
        is_done = service in self._senders and kind in (service, "sagemaker pipeline")
        if not is_done or service in OTHERS and not self._parts.has(*OTHERS[service]):
            raise AwsError(
                "NotImplementedException",
                f"The local AWS does not support targets of {kind} of events.",
            )
        if service in OTHERS and "RoleArn" not in target:
            raise AwsError("ValidationException", f"RoleArn is required for target {arn}.")
        if service == "logs" and not _group(arn).startswith(LOG_GROUPS):
            message = f"The name of the log group of target {id_} must begin with {LOG_GROUPS}."
            raise AwsError("ValidationException", message)
        if (is_fifo := arn.endswith(".fifo")) != ("SqsParameters" in target):
            word = "needs" if is_fifo else "must not have"
            raise AwsError("ValidationException", f"Target {id_} {word} SqsParameters.")

    def send(self, target: dict, message: Message) -> None:
        """Send a message to a target.

        Raises:
            Refused: the target did not take it.
        """
        self._sent(self._senders[target["Arn"].split(":")[2]], target, message)

    def send_dead_letter(self, arn: str, message: Message, attributes: dict[str, str]) -> None:
        """Send what a target did not take to its dead-letter queue.

        Raises:
            Refused: the queue did not take it.
        """
        texts = {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        }
        more = {"MessageAttributes": texts}
        self._sent(lambda *them: self._to_queue(*them, **more), {"Arn": arn}, message)

    def _sent(self, sender: Callable, target: dict, message: Message) -> None:
        try:
            sender(target, message)
        except AwsError as error:
            raise _refusal(error) from error

    def _to_queue(self, target: dict, message: Message, **more: dict) -> None:
        arn = target["Arn"]
        url = self._call("sqs", "GetQueueUrl", {"QueueName": arn.rpartition(":")[2]})
        asked = {**url, "AttributeNames": ["Policy"]}
        policy = self._call("sqs", "GetQueueAttributes", asked).get("Attributes", {})
        self._check_policy(policy.get("Policy"), "sqs:SendMessage", arn, message)
        self._meet_faults("sqs", "SendMessage")
        group = target.get("SqsParameters", {})
        request = {**url, "MessageBody": message.text, **group, **more}
        if group:
            request["MessageDeduplicationId"] = message.key[-128:]
        self._call("sqs", "SendMessage", request)

    def _to_topic(self, target: dict, message: Message) -> None:
        arn = target["Arn"]
        topic = self._call("sns", "GetTopicAttributes", {"TopicArn": arn})
        self._check_policy(topic["Attributes"].get("Policy"), "sns:Publish", arn, message)
        self._meet_faults("sns", "Publish")
        self._call("sns", "Publish", {"TopicArn": arn, "Message": message.text})

    def _to_log(self, target: dict, message: Message) -> None:
        group, stream = _group(target["Arn"]), message.rule["Name"]
        resource = self._parts.context.arn("logs", f"log-group:{group}:log-stream:{stream}")
        policies = self._call("logs", "DescribeResourcePolicies", {})["resourcePolicies"]
        if not any(self._is_allowed(each["policyDocument"], "logs:PutLogEvents", resource, message)
                   for each in policies):  # fmt: skip
            raise _denied("logs:PutLogEvents", resource)
        self._meet_faults("logs", "PutLogEvents")
        where = {"logGroupName": group, "logStreamName": stream}
        try:
            self._call("logs", "CreateLogStream", where)
        except AwsError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise
        now = int(self._parts.clock.now().timestamp() * 1000)
        line = {"timestamp": now, "message": message.text}
        self._call("logs", "PutLogEvents", {**where, "logEvents": [line]})

    def _to_workflow(self, target: dict, message: Message) -> None:
        self._check_role(target, "glue:notifyEvent", target["Arn"])
        self._meet_faults("glue", "NotifyEvent")
        name = target["Arn"].rpartition("/")[2]
        self._call("glue", "NotifyEvent", {"Name": name, "EventId": message.event["id"]})

    def _to_pipeline(self, target: dict, message: Message) -> None:
        self._check_role(target, "sagemaker:StartPipelineExecution", target["Arn"])
        self._meet_faults("sagemaker", "StartPipelineExecution")
        values = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
        request = {
            "PipelineName": target["Arn"].rpartition("/")[2],
            "ClientRequestToken": message.key,
            "PipelineParameters": [
                {"Name": each["Name"], "Value": _value(each["Value"], message.event)}
                for each in values
            ],
        }
        self._call("sagemaker", "StartPipelineExecution", request)

    def _check_policy(self, policy: str | None, action: str, arn: str, message: Message) -> None:
        if not self._is_allowed(policy, action, arn, message):
            raise _denied(action, arn)

    def _is_allowed(self, policy: str | None, action: str, arn: str, message: Message) -> bool:
        account = self._parts.context.account
        context = {"aws:SourceArn": message.rule["Arn"], "aws:SourceAccount": account}
        return allows(policy, SERVICE, action, arn, context)

    def _check_role(self, target: dict, action: str, arn: str) -> None:
        role = target["RoleArn"]
        if not is_assumable(self._parts, role, SERVICE):
            raise AwsError("AccessDenied", f"{SERVICE} can't assume the role {role}.", 403)
        check_role(self._call, role, action, arn)

    def _meet_faults(self, service: str, operation: str) -> None:
        """Refuse as the service would, where a fault rule says so: no request goes by HTTP here."""
        if self._parts.faults.draw("throttled", service, operation):
            raise AwsError("ThrottlingException", "Rate exceeded", 429)
        if self._parts.faults.draw("denied", service, operation):
            raise _denied(f"{service}:{operation}", "*")


def _group(arn: str) -> str:
    return arn.split(":", 6)[-1].removesuffix(":*")


def _value(text: str, event: dict) -> str:
    """Return a pipeline parameter: a text that is a path stands for what it names."""
    if not text.startswith("$."):
        return text
    value = inputs.part(text, event)
    return value if isinstance(value, str) else json.dumps(value)


def _denied(action: str, arn: str) -> AwsError:
    return AwsError(
        "AccessDenied", f"{SERVICE} is not authorized to perform: {action} on {arn}", 403
    )


def _refusal(error: AwsError) -> Refused:
    """Return a target's error with the code that dead letters have for it."""
    words = error.code.lower()
    if error.status == 403 or "accessdenied" in words:
        return Refused(NO_PERMISSIONS, error.message, True)
    if error.status == 404 or any(word in words for word in ("notfound", "nonexist", "nosuch")):
        return Refused(NO_RESOURCE, error.message, True)
    is_throttling = error.status == 429 or "throttl" in words or "toomany" in words
    code = "THROTTLING" if is_throttling else "ERROR_FROM_TARGET"
    return Refused(code, f"{error.code}: {error.message}", False)
