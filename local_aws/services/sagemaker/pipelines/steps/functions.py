"""A step that invokes a function of Lambda with its arguments, and hands on what that returns.

A function can't be stopped: a stopped execution waits for it, as on AWS. After a restart of the
server a function that was not over is invoked again, so it may run twice.
"""

import json
import threading
from collections.abc import Callable

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.sagemaker.pipelines.graph import Step
from local_aws.services.sagemaker.pipelines.parameters import refuse
from local_aws.services.sagemaker.pipelines.references import text
from local_aws.services.sagemaker.pipelines.steps.kind import End, Kind
from local_aws.services.sagemaker.pipelines.steps.permissions import check_step

FUNCTION = ":function:"


class Lambda(Kind):
    """A function; each step that runs has a thread, which waits for the answer."""

    type = "Lambda"
    cacheable = True

    def __init__(self, parts: Parts, wake: Callable[[], object]):
        super().__init__(parts, wake)
        self._ends: dict[str, End | None] = {}
        self._lock = threading.Lock()

    def check(self, step: Step) -> None:
        if FUNCTION not in str(step.body.get("FunctionArn")):
            raise refuse(f"Step {step.name} needs the FunctionArn of a function")

    def request(self, step: Step, arguments: dict, name: str) -> dict:
        return {
            "FunctionName": step.body["FunctionArn"],
            "Payload": arguments,
            "Outputs": [each["OutputName"] for each in step.body.get("OutputParameters") or []],
        }

    def start(self, record: dict, is_again: bool) -> dict:
        request = record["_request"]
        self.parts.call("lambda", "GetFunction", {"FunctionName": request["FunctionName"]})
        check_step(self.parts, record, "lambda:InvokeFunction", request["FunctionName"])
        self._begin(record)
        return {"Lambda": {"Arn": request["FunctionName"]}}

    def _begin(self, record: dict) -> None:
        name = record["_name"]
        with self._lock:
            if name not in self._ends:
                self._ends[name] = None
                work = (name, dict(record["_request"]))
                threading.Thread(target=self._invoke, args=work, daemon=True).start()

    def _invoke(self, name: str, request: dict) -> None:
        try:
            payload = json.dumps(request["Payload"]).encode()
            asked = {"FunctionName": request["FunctionName"], "Payload": payload}
            end = _end(self.parts.call("lambda", "Invoke", asked), request["Outputs"])
        except AwsError as error:
            end = End("Failed", error.message)
        except Exception as error:  # without an end the step would run for ever
            end = End("Failed", f"{type(error).__name__}: {error}")
        self._ends[name] = end
        self.wake()

    def end(self, record: dict) -> End | None:
        self._begin(record)  # after a restart nobody waits for it any more
        if (end := self._ends[record["_name"]]) is not None:
            del self._ends[record["_name"]]
        return end


def _end(answer: dict, outputs: list[str]) -> End:
    """Return how a step ends by an invocation's answer."""
    result = json.loads(answer["Payload"] or b"null")
    if "FunctionError" in answer:
        return End("Failed", f"{result.get('errorType')}: {result.get('errorMessage')}")
    given = result if isinstance(result, dict) else {}
    if missing := [name for name in outputs if name not in given]:
        return End("Failed", f"The function's result has no {', '.join(missing)}")
    shown = [{"Name": name, "Value": text(given[name])} for name in outputs]
    values = {"OutputParameters": {name: given[name] for name in outputs}}
    return End("Succeeded", outputs=values, metadata={"OutputParameters": shown})
