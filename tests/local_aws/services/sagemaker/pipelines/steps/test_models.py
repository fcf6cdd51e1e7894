"""A RegisterModel step makes a version, and the group where there is none."""

from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.pipelines.definitions import fail, get, step
from tests.local_cloud import BUCKET, SERVING

SPECIFICATION = {
    "Containers": [{"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}],
    "SupportedContentTypes": ["text/plain"],
    "SupportedResponseMIMETypes": ["application/json"],
}


def test_a_model_is_registered_with_the_steps_properties(aws, pipelines, sagemaker):
    aws.store.put(BUCKET, "model.tar.gz", archive())
    register = step("register", "RegisterModel", {
        "ModelPackageGroupName": "birds", "InferenceSpecification": SPECIFICATION,
        "ModelApprovalStatus": "PendingManualApproval"})  # fmt: skip
    arn, shown = pipelines.run(register, fail("told", get("Steps.register.ModelPackageArn")))
    [package] = sagemaker.list_model_packages(ModelPackageGroupName="birds")[
        "ModelPackageSummaryList"
    ]
    assert pipelines.steps(arn)["register"]["Metadata"] == {
        "RegisterModel": {"Arn": package["ModelPackageArn"]}
    }
    assert shown["FailureReason"] == package["ModelPackageArn"]
    described = sagemaker.describe_model_package(ModelPackageName=package["ModelPackageArn"])
    assert described["MetadataProperties"] == {"GeneratedBy": arn}
