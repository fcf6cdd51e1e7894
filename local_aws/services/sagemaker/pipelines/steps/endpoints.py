"""Steps that make an endpoint's configuration, and make or update an endpoint; they serve nothing.

An endpoint that is there is updated: its name is the definition's own, as is a configuration's.
"""

from local_aws.errors import AwsError
from local_aws.services.sagemaker.pipelines.graph import Step
from local_aws.services.sagemaker.pipelines.references import fitted
from local_aws.services.sagemaker.pipelines.steps.kind import End, Kind
from local_aws.wire.validation import operation_model


class EndpointConfig(Kind):
    """An endpoint's configuration."""

    type, operation, named = "EndpointConfig", "CreateEndpointConfig", "EndpointConfigName"
    cacheable = True

    def request(self, step: Step, arguments: dict, name: str) -> dict:
        shape = operation_model("sagemaker", self.operation).input_shape
        return fitted(shape, {self.named: name, **arguments})

    def start(self, record: dict, is_again: bool) -> dict:
        shown = _described(self, record) if is_again else None
        arn = (shown or self.send(record))["EndpointConfigArn"]
        return {"EndpointConfig": {"Arn": arn}}

    def end(self, record: dict) -> End:
        return End("Succeeded", outputs=_described(self, record))


class Endpoint(Kind):
    """An endpoint, which has ended well once it is in service."""

    type, operation, named = "Endpoint", "CreateEndpoint", "EndpointName"

    def request(self, step: Step, arguments: dict, name: str) -> dict:
        shape = operation_model("sagemaker", self.operation).input_shape
        return fitted(shape, {self.named: name, **arguments})

    def start(self, record: dict, is_again: bool) -> dict:
        request = record["_request"]
        shown = _described(self, record)
        if shown and is_again and shown["EndpointStatus"] in ("Creating", "Updating"):
            return {"Endpoint": {"Arn": shown["EndpointArn"]}}  # by the server that was killed
        if shown:
            changed = {name: value for name, value in request.items() if name != "Tags"}
            made = self.send({**record, "_request": changed}, "UpdateEndpoint")
        else:
            made = self.send(record)
        return {"Endpoint": {"Arn": made["EndpointArn"]}}

    def end(self, record: dict) -> End | None:
        if (shown := _described(self, record)) is None:
            return End("Failed", f"Endpoint {record['_request'][self.named]} was deleted")
        status = shown["EndpointStatus"]
        if status in ("Creating", "Updating", "SystemUpdating", "RollingBack"):
            return None
        wanted = record["_request"]["EndpointConfigName"]
        if status == "InService" and shown["EndpointConfigName"] == wanted:
            return End("Succeeded", outputs=shown)
        return End("Failed", shown.get("FailureReason") or f"The endpoint is {status}", shown)


def _described(kind: Kind, record: dict) -> dict | None:
    name = {kind.named: record["_request"][kind.named]}
    try:
        return kind.parts.call("sagemaker", f"Describe{kind.type}", name)
    except AwsError:
        return None
