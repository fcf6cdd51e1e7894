"""Steps that make models and versions of them: they end as soon as they have begun."""

from contextlib import suppress

from local_aws.errors import AwsError
from local_aws.services.sagemaker.pipelines.graph import Step
from local_aws.services.sagemaker.pipelines.references import fitted
from local_aws.services.sagemaker.pipelines.steps.kind import End, Kind
from local_aws.wire.validation import operation_model


class RegisterModel(Kind):
    """A version in a model package group, which is made where there is none.

    Its MetadataProperties name the execution that made it, as on AWS.
    """

    type, operation, named = "RegisterModel", "CreateModelPackage", "ModelPackageName"

    def request(self, step: Step, arguments: dict, name: str) -> dict:
        shape = operation_model("sagemaker", self.operation).input_shape
        request = fitted(shape, arguments)
        if "ModelPackageGroupName" not in request:
            request[self.named] = name
        return {**request, "ClientToken": name[-36:]}

    def start(self, record: dict, is_again: bool) -> dict:
        request = record["_request"]
        if group := request.get("ModelPackageGroupName"):
            with suppress(AwsError):  # it is there
                made = {"ModelPackageGroupName": group.rpartition("/")[2]}
                self.parts.call("sagemaker", "CreateModelPackageGroup", made)
        pipeline, _, id_ = record["_key"].partition("/")
        execution = self.parts.context.arn("sagemaker", f"pipeline/{pipeline}/execution/{id_}")
        told = {"GeneratedBy": execution, **(request.get("MetadataProperties") or {})}
        made = self.send(record, MetadataProperties=told)
        return {"RegisterModel": {"Arn": made["ModelPackageArn"]}}

    def end(self, record: dict) -> End:
        arn = record["Metadata"]["RegisterModel"]["Arn"]
        package = self.parts.call("sagemaker", "DescribeModelPackage", {"ModelPackageName": arn})
        return End("Succeeded", outputs=package)


class Model(Kind):
    """A model."""

    type, operation, named = "Model", "CreateModel", "ModelName"

    def start(self, record: dict, is_again: bool) -> dict:
        name = {"ModelName": record["_name"]}
        with suppress(AwsError):
            if is_again:
                shown = self.parts.call("sagemaker", "DescribeModel", name)
                return {"Model": {"Arn": shown["ModelArn"]}}
        return {"Model": {"Arn": self.send(record)["ModelArn"]}}

    def end(self, record: dict) -> End:
        shown = self.parts.call("sagemaker", "DescribeModel", {"ModelName": record["_name"]})
        return End("Succeeded", outputs=shown)
