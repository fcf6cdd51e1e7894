"""Transform jobs as a kind of job: members, defaults and limits of requests; runs nothing.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
"""

from local_aws.errors import AwsError
from local_aws.json_paths import selector
from local_aws.services.sagemaker.hosting.models import Models
from local_aws.services.sagemaker.jobs.job_kind import JobKind, Names, Resources
from local_aws.services.sagemaker.jobs.volume_keys import check_volume_key
from local_aws.services.sagemaker.transform.data_processing import DEFAULTS, FORMS, form_of
from local_aws.services.sagemaker.transform.parameters import PAYLOAD_MB

MEMBERS = """TransformJobName ModelName MaxConcurrentTransforms MaxPayloadInMB BatchStrategy
    Environment Tags(*) ModelClientConfig(InvocationsTimeoutInSeconds InvocationsMaxRetries)
    TransformInput(ContentType CompressionType=None|Gzip SplitType=None|Line
        DataSource(S3DataSource(S3Uri S3DataType=S3Prefix|ManifestFile)))
    TransformOutput(S3OutputPath Accept AssembleWith KmsKeyId)
    TransformResources(InstanceType InstanceCount VolumeKmsKeyId)
    DataProcessing(InputFilter OutputFilter JoinSource)
    DataCaptureConfig(DestinationS3Uri KmsKeyId GenerateInferenceId)"""
MOST_MB, MOST_INSTANCES = 100, 100


class TransformKind(JobKind):
    """Transform jobs as a kind of job."""

    names = Names("TransformJob")

    def __init__(self, models: Models):
        self._models = models

    def check(self, request: dict) -> dict:
        container = self._models.container(request["ModelName"])
        check_volume_key(request["TransformResources"])
        source = {"CompressionType": "None", "SplitType": "None", **request["TransformInput"]}
        job = {
            **request,
            # The job goes on with it if the model is deleted meanwhile.
            "_container": container,
            "_role": self._models.role(request["ModelName"]),
            "TransformInput": source,
            "TransformOutput": {"AssembleWith": "None", **request["TransformOutput"]},
            "DataProcessing": {**DEFAULTS, **request.get("DataProcessing", {})},
        }
        if wrong := _too_much(request) or _unreadable(job):
            raise AwsError("ValidationException", wrong)
        return job

    def image_uri(self, job: dict) -> str:
        return job["_container"].get("Image", "")

    def resources(self, job: dict) -> Resources:
        cluster = job["TransformResources"]
        return Resources(cluster["InstanceType"], cluster["InstanceCount"])


def _too_much(request: dict) -> str | None:
    payload = request.get("MaxPayloadInMB", PAYLOAD_MB)
    concurrent = request.get("MaxConcurrentTransforms", 0)
    if payload > MOST_MB:
        return f"MaxPayloadInMB {payload} is greater than {MOST_MB}."
    if concurrent * payload > MOST_MB:
        return (
            f"MaxConcurrentTransforms {concurrent} * MaxPayloadInMB {payload} is greater than"
            f" {MOST_MB} MB."
        )
    if request["TransformResources"]["InstanceCount"] > MOST_INSTANCES:
        return f"InstanceCount is greater than {MOST_INSTANCES}."
    return None


def _unreadable(job: dict) -> str | None:
    """Return why records can't be processed, or None."""
    processing, content_type = job["DataProcessing"], job["TransformInput"].get("ContentType")
    for name in ("InputFilter", "OutputFilter"):
        try:
            selector(processing[name])
        except ValueError as error:
            return f"DataProcessing.{name}: {error}"
    if processing != DEFAULTS and not form_of(content_type):
        types = ", ".join(FORMS)
        return f"DataProcessing is for inputs of the content types {types}, not {content_type}."
    return None
