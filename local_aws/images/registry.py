"""Which images there are: AWS's, whose folders lie here, and those pushed to the account's own ECR.

Left out: other accounts' images, private registries, images of AWS whose packages nobody listed.
"""

import functools
import json
import re
from pathlib import Path

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.images.image import ABOUT, Image, everything, read
from local_aws.state import paths

AWS = Path(__file__).with_name("aws")
AWSS_REGISTRY = "763104351884"
"""The account of AWS's images in us-east-1, the local AWS's region."""
DIGEST = "digest"
"""The file in a pushed image's folder that holds its digest."""
URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.(?P<domain>[a-z.]+)"
    r"/(?P<repository>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]+))?"
)
PLAIN = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?::[\w.-]+)?")
LACKS = (
    "Please check if your ECR repository exists and role has proper pull permissions for "
    "SageMaker: ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer"
)


def pushed(state: Path, repository: str) -> Path:
    """Return the folder of a repository's images, each under its tag."""
    return paths.child(state / "images" / "pushed", repository)


def find(context: Context, uri: str) -> Image:
    """Return the image of a URI.

    A name without a registry, which AWS refuses, stands for all that the server's environment has:
    requests of other clients' tests, and first tries, name `image` and mean any.

    Raises:
        AwsError: ValidationException in the words of AWS: it can't be pulled.
    """
    if PLAIN.fullmatch(uri):
        return everything()
    if (parts := URI.fullmatch(uri)) is None:
        message = (
            "Invalid image. Please provide a valid Amazon Elastic Container Registry path of the "
            f"Docker image to run: {uri}"
        )
        raise AwsError("ValidationException", message)
    if parts["account"] == context.account:
        return _own(context, uri, parts)
    if (parts["account"], parts["region"]) != (AWSS_REGISTRY, context.region):
        message = (
            f"Access denied for repository: {parts['repository']} in registry ID: "
            f"{parts['account']}. {LACKS}"
        )
        raise AwsError("ValidationException", message)
    for facts, folder in _awss():
        if facts["repository"] == parts["repository"]:
            if re.fullmatch(facts["tags"], parts["tag"] or "latest"):
                return read(folder)
    raise AwsError(
        "ValidationException",
        f"Requested image {uri} not found. Of AWS's images the local AWS has those whose packages "
        f"are listed: {', '.join(folder.name for _, folder in _awss())}.",
    )


def _own(context: Context, uri: str, parts: re.Match) -> Image:
    folder = pushed(context.state, parts["repository"])
    if not folder.exists():
        message = (
            f"Cannot find repository: {parts['repository']} in registry ID: {parts['account']} "
            f"{LACKS}"
        )
        raise AwsError("ValidationException", message)
    image = _tagged(folder, parts["tag"] or "latest", parts["digest"])
    if image is None:
        raise AwsError("ValidationException", f"Requested image {uri} not found.")
    try:
        return read(image)
    except FileNotFoundError:
        message = (
            f"Requested image {uri} can't be run: the local AWS runs images whose manifest brings "
            "what they are built of, which `docker push` does not do."
        )
        raise AwsError("ValidationException", message) from None


def _tagged(folder: Path, tag: str, digest: str | None) -> Path | None:
    """Return a pushed image's folder by its digest, where one is given, or by its tag."""
    if digest is None:
        image = paths.child(folder, tag)
        return image if image.exists() else None
    alike = (path for path in folder.glob(f"*/{DIGEST}") if path.read_text() == digest)
    return next((path.parent for path in alike), None)


@functools.cache
def _awss() -> tuple[tuple[dict, Path], ...]:
    folders = sorted(path.parent for path in AWS.glob(f"*/{ABOUT}"))
    return tuple((json.loads((folder / ABOUT).read_text()), folder) for folder in folders)
