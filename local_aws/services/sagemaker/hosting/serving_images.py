"""The packages that a model is served with; knows images, and no endpoint."""

from pathlib import Path

from local_aws.context import Context
from local_aws.images.registry import find
from local_aws.images.view import view_of
from local_aws.services.sagemaker.hosting.server_process import UNFIT, StartFailed


def serving_view(context: Context, uri: str) -> Path:
    """Return the packages of an image that serves.

    Raises:
        StartFailed: it has no `serve`.
        AwsError: it can't be pulled.
    """
    image = find(context, uri)
    if image.serve is None:
        raise StartFailed(f"{UNFIT}: the image {uri} has no `serve`")
    return view_of(context.state, image)
