"""Which images the jobs and endpoints run in: our own in ECR, and AWS's for PyTorch."""

import base64
import hashlib
import json
import shutil
import subprocess

from helpers.config import PROJECT, ROOT, Config
from helpers.session import client

REPOSITORY = f"{PROJECT}-processing"
FOLDER = ROOT / "docker_process"
PYTORCH = {"version": "2.6", "py_version": "py312"}
"""The newest that AWS has both a training and an inference image of in the SDK's list."""


def pytorch_image(config: Config, scope: str, instance_type: str) -> str:
    """Return the URI of AWS's own PyTorch image.

    Args:
        scope: `training` or `inference`.
        instance_type: decides on the CPU or the GPU variant.
    """
    from sagemaker.core import image_uris

    about = {"instance_type": instance_type, "image_scope": scope, **PYTORCH}
    return image_uris.retrieve("pytorch", config.region, **about)


def image_tag() -> str:
    """Return a tag that changes when what goes into the image does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(FOLDER).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()[:12]


def processing_image(config: Config) -> str:
    """Return the URI of our own image; build and push it where ECR does not have it yet.

    Raises:
        RuntimeError: it has to be built, and there is no Docker here.
    """
    ecr, tag = client(config, "ecr"), image_tag()
    uri = _repository(ecr)
    pages = ecr.get_paginator("list_images").paginate(repositoryName=REPOSITORY)
    if tag not in {image.get("imageTag") for page in pages for image in page["imageIds"]}:
        _publish(config, ecr, f"{uri}:{tag}")
    return f"{uri}:{tag}"


def _repository(ecr: object) -> str:
    try:
        about = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        scan = {"scanOnPush": True}
        about = ecr.create_repository(repositoryName=REPOSITORY, imageScanningConfiguration=scan)[
            "repository"
        ]
    return about["repositoryUri"]


def _publish(config: Config, ecr: object, uri: str) -> None:
    if config.endpoint_url:
        # The local AWS runs scripts on the course's own packages: a name in ECR is all it needs.
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}
        manifest["config"] = {"digest": f"sha256:{image_tag():0<64}"}
        ecr.put_image(
            repositoryName=REPOSITORY, imageManifest=json.dumps(manifest), imageTag=image_tag()
        )
        return
    if not shutil.which("docker"):
        raise RuntimeError(
            f"The image {REPOSITORY} is not in ECR and there is no docker command to build it: "
            "run this notebook once where Docker is, such as AWS CloudShell"
        )
    secret = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(secret).decode().partition(":")
    login = ["docker", "login", "--username", user, "--password-stdin", uri.partition("/")[0]]
    subprocess.run(login, input=password, text=True, check=True)
    build = ["docker", "build", "--platform", "linux/amd64", "-t", uri, str(FOLDER)]
    subprocess.run(build, check=True)
    subprocess.run(["docker", "push", uri], check=True)
