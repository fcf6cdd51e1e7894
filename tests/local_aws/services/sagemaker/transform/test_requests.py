"""What AWS refuses of a transform job is refused, and what is not done is refused by name."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.transform.jobs import transform

FILTER = {"InputFilter": "$.a"}
SOURCE = {"S3DataType": "S3Prefix", "S3Uri": "s3://course-bucket/in/"}


@pytest.mark.parametrize(
    "more, why",
    [
        ({"ModelName": "other"}, "Could not find model"),
        ({"MaxPayloadInMB": 101}, "MaxPayloadInMB 101 is greater than 100"),
        ({"MaxPayloadInMB": 51, "MaxConcurrentTransforms": 2}, r"2 \* MaxPayloadInMB 51"),
        ({"MaxConcurrentTransforms": 17}, r"17 \* MaxPayloadInMB 6 is greater than 100 MB"),
        ({"count": 101}, "InstanceCount is greater than 100"),
        ({"DataProcessing": FILTER}, "content types text/csv, application/json"),
        ({"DataProcessing": {"OutputFilter": "$..a"}}, "DataProcessing.OutputFilter: JSONPath"),
        ({"source": {"SplitType": "RecordIO"}}, "TransformInput.SplitType RecordIO"),
        ({"source": {"SplitType": "TFRecord"}}, "TransformInput.SplitType TFRecord"),
        ({"ExperimentConfig": {"TrialName": "t"}}, "ExperimentConfig"),
        (
            {"TransformResources": {
                "InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeKmsKeyId": "key"}},
            "VolumeKmsKeyId when using an instance type with local storage",
        ),
    ],
)  # fmt: skip
def test_a_request_is_refused_with_its_reason(transforms, more, why):
    transforms.hosting.model()
    with pytest.raises(ClientError, match=why):
        transforms.sagemaker.create_transform_job(**transform(**more))


def test_a_description_has_the_defaults_of_aws(transforms):
    transforms.hosting.model()
    request = transform(MaxPayloadInMB=0, MaxConcurrentTransforms=200)
    transforms.sagemaker.create_transform_job(**request)
    job = transforms.sagemaker.describe_transform_job(TransformJobName="job")
    kept = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
    assert job["DataProcessing"] == kept
    assert (job["TransformInput"]["CompressionType"], job["TransformInput"]["SplitType"]) == (
        "None", "None",
    )  # fmt: skip
    assert job["TransformOutput"]["AssembleWith"] == "None"
