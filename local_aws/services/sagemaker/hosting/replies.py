"""What an endpoint answers where its model does not; knows the wording, and no worker.

ModelError is worded as SageMaker's answers in users' reports:
https://github.com/aws/amazon-sagemaker-examples/issues/4324
"""

from local_aws.context import Context
from local_aws.errors import AwsError

MAX_BODY, MAX_INLINE, MAX_SERVERLESS = 6_291_456, 128_000, 4 * 1024**2
"""Bytes of one InvokeEndpoint request, of one in an asynchronous request, of one to a serverless
endpoint: https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model-options.html"""
NO_ANSWER = 0
"""OriginalStatusCode where the container did not answer at all."""
TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the"
    " latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)


def log_group(endpoint: str) -> str:
    """Return the log group of an endpoint's instances."""
    return f"/aws/sagemaker/Endpoints/{endpoint}"


class ModelError(AwsError):
    """The model's container answered with an error, which travels along, or did not answer."""

    def __init__(self, context: Context, endpoint: str, status: int, text: str):
        side = "client" if 400 <= status < 500 else "server"
        region, group = context.region, log_group(endpoint)
        console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
        message = (
            f'Received {side} error ({status}) from primary with message "{text}". '
            f"See {console}#logEventViewer:group={group} in account {context.account} for more "
            "information."
        )
        super().__init__("ModelError", message, 424)
        self.details = {
            "OriginalStatusCode": status,
            "OriginalMessage": text,
            "LogStreamArn": context.arn("logs", f"log-group:{group}"),
        }


def unanswered(context: Context, endpoint: str, error: OSError) -> ModelError:
    """Return the error of a container that ended while it answered, or took too long."""
    text = TIMED_OUT if isinstance(error, TimeoutError) else str(error)
    return ModelError(context, endpoint, NO_ANSWER, text)


def too_large(size: int, limit: int = MAX_BODY) -> AwsError:
    """Return the error of a request that is too large."""
    message = f"Request body is {size} bytes; the limit is {limit}."
    return AwsError("ValidationError", message, 413)


def not_found(endpoint: str, account: str) -> AwsError:
    """Return the error of an endpoint that is not there, or that serves nothing yet."""
    return AwsError("ValidationError", f"Endpoint {endpoint} of account {account} not found.")


def not_asynchronous(endpoint: str) -> AwsError:
    """Return the error of an asynchronous request to an endpoint that answers at once."""
    message = f"Endpoint {endpoint} is not an asynchronous endpoint: use InvokeEndpoint."
    return AwsError("ValidationError", message)


def asynchronous(endpoint: str) -> AwsError:
    """Return the error of a request that waits for its answer, to an asynchronous endpoint."""
    message = f"Endpoint {endpoint} is an asynchronous endpoint: use InvokeEndpointAsync."
    return AwsError("ValidationError", message)


def unavailable(why: str) -> AwsError:
    """Return the error of an endpoint whose instances can't answer."""
    return AwsError("ServiceUnavailable", f"The service is unavailable: {why}", 503)


def throttled() -> AwsError:
    """Return the error of a serverless endpoint that answers as many requests as it may."""
    return AwsError("ThrottlingException", "Rate exceeded", 429)


def not_ready(variant: str) -> AwsError:
    """Return the error of a model that is still being loaded."""
    message = f"The model of variant {variant} is not ready for inference yet: try again."
    return AwsError("ModelNotReadyException", message, 429)


def broken_dependency(why: str) -> AwsError:
    """Return the error of an instance that can't be replaced: what it is made of is gone."""
    message = f"Your request caused an exception with an internal dependency: {why}"
    return AwsError("InternalDependencyException", message, 530)
