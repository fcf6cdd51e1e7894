"""Steps that the execution does itself: a condition that chooses a branch, and a failure.

Their records' `_request` has their resolved arguments.
"""

from local_aws.services.sagemaker.pipelines.conditions import holds
from local_aws.services.sagemaker.pipelines.graph import Step
from local_aws.services.sagemaker.pipelines.steps.kind import End, Kind


class Condition(Kind):
    """All of its conditions are met, or not: that chooses the steps inside it that run."""

    type = "Condition"

    def request(self, step: Step, arguments: dict, name: str) -> dict:
        outcome = all(holds(each) for each in arguments.get("Conditions") or [])
        return {"Outcome": str(outcome)}

    def start(self, record: dict, is_again: bool) -> dict:
        return {"Condition": dict(record["_request"])}

    def end(self, record: dict) -> End:
        return End("Succeeded", outputs=record["_request"])


class Fail(Kind):
    """It ends the execution as failed, with its message as the reason."""

    type = "Fail"

    def request(self, step: Step, arguments: dict, name: str) -> dict:
        return {"ErrorMessage": str(arguments.get("ErrorMessage") or "")}

    def start(self, record: dict, is_again: bool) -> dict:
        return {"Fail": dict(record["_request"])}

    def end(self, record: dict) -> End:
        return End("Failed", record["_request"]["ErrorMessage"])
