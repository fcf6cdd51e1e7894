"""AsyncInferenceConfig: what is refused of it, and where a request's answer goes; reads no object.

Contract: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceConfig.html
Shadow variants are AWS's exclusion: https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html
Left out: encryption of the output by KmsKeyId, which is kept and shown; data capture, which is
refused, as is a configuration without S3OutputPath.
"""

import re
from pathlib import PurePosixPath

from local_aws.errors import AwsError

MEMBERS = """AsyncInferenceConfig(ClientConfig(MaxConcurrentInvocationsPerInstance)
    OutputConfig(KmsKeyId S3OutputPath S3FailurePath
        NotificationConfig(SuccessTopic ErrorTopic IncludeInferenceResponseIn)))"""
CONCURRENCY = 1
"""Requests at a time for an instance where the configuration states none: SageMaker chooses; our
images predict one at a time."""
_HTTPS = re.compile(
    r"https?://(?:(?P<bucket>[^/]+)\.s3[.-][^/]+/|[^/]+/(?P<path_bucket>[^/]+)/)(?P<key>.+)"
)


def check(request: dict) -> None:
    """Check an endpoint configuration that has an AsyncInferenceConfig.

    Raises:
        AwsError: it can't be served.
    """
    output = request["AsyncInferenceConfig"]["OutputConfig"]
    for member in ("S3OutputPath", "S3FailurePath"):
        if member in output:
            bucket_and_key(f"{output[member].rstrip('/')}/x")
    if "S3OutputPath" not in output:
        raise _refused("AsyncInferenceConfig needs OutputConfig.S3OutputPath.")
    for member in ("ShadowProductionVariants", "DataCaptureConfig"):
        if request.get(member):
            raise _refused(f"{member} is not supported when specifying an AsyncInferenceConfig.")


def concurrency(config: dict) -> int:
    """Return how many requests an instance gets at a time."""
    return config.get("ClientConfig", {}).get("MaxConcurrentInvocationsPerInstance", CONCURRENCY)


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of an S3 URI, or of an https address of an object.

    Raises:
        AwsError: it is neither.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://"):
        match = _HTTPS.fullmatch(uri)
        bucket, key = (match["bucket"] or match["path_bucket"], match["key"]) if match else ("", "")
    if not (bucket and key):
        raise AwsError("ValidationError", f"{uri} is not the address of an object in S3.")
    return bucket, key


def locations(output: dict, request: dict, unique: str) -> tuple[str, str | None]:
    """Return where a request's answer goes, and where its failure goes.

    Args:
        output: the OutputConfig.
        unique: the name where the request states no Filename.
    """
    name = PurePosixPath(request.get("Filename", f"{unique}.out"))
    extension = request.get("S3OutputPathExtension", "").strip("/")

    def at(folder: str, file: str) -> str:
        return "/".join(part for part in (folder.rstrip("/"), extension, file) if part)

    failures = output.get("S3FailurePath")
    return (
        at(output["S3OutputPath"], name.name),
        failures and at(failures, f"{name.stem}-error{name.suffix}"),
    )


def _refused(message: str) -> AwsError:
    return AwsError("ValidationException", message)
