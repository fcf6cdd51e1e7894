"""The container images of jobs and endpoints: our own in ECR, AWS's for PyTorch; starts no job."""

import base64
import hashlib
import json
import shutil
import subprocess

from helpers.config import PROJECT, ROOT, Config
from helpers.instances import SMDDP_INSTANCES, unfit
from helpers.session import client

REPOSITORY = f"{PROJECT}-processing"
FOLDER = ROOT / "docker_process"
TRAINING = {"framework": "pytorch-amzn2023", "version": "2.13"}
"""AWS's newer images, for training only, with the course's versions of torch and torchaudio.

Python 3.12, CUDA 13.3, no SMDDP, no server. docs/images.md lists their packages.
"""
SERVING = {"framework": "pytorch", "version": "2.6", "py_version": "py312"}
"""AWS's last serving image. The model runs as a graph on ONNX Runtime, not on its torch."""
SMDDP = {"framework": "pytorch", "version": "2.3.0", "py_version": "py311"}
"""The last training image with AWS's data-parallel library SMDDP (CUDA 12.1)."""


def training_image(config: Config, instance_type: str, *, smddp: bool = False) -> str:
    """Return the URI of AWS's PyTorch image for a training job.

    Args:
        instance_type: selects the CPU or the GPU variant.
        smddp: use the last image that has SMDDP. The course's code has not been run in it.

    Raises:
        ValueError: the image can't run on this instance type; the message says why.
    """
    if smddp:
        if instance_type not in SMDDP_INSTANCES:
            raise ValueError(f"SMDDP runs on {', '.join(SMDDP_INSTANCES)} only: {instance_type}")
        return _aws_image(config, "training", instance_type, SMDDP)
    if reason := unfit(instance_type):
        raise ValueError(
            f"{instance_type} can't run PyTorch {TRAINING['version']}'s image: {reason}"
        )
    return _aws_image(config, "training", instance_type, TRAINING)


def serving_image(config: Config, instance_type: str) -> str:
    """Return the URI of AWS's PyTorch image for an endpoint."""
    return _aws_image(config, "inference", instance_type, SERVING)


def _aws_image(config: Config, scope: str, instance_type: str, settings: dict[str, str]) -> str:
    from sagemaker.core import image_uris

    settings = {"instance_type": instance_type, "image_scope": scope, **settings}
    return image_uris.retrieve(region=config.region, **settings)


def image_tag() -> str:
    """Return a tag that changes with the image's contents."""
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(FOLDER).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()[:12]


def processing_image(config: Config) -> str:
    """Return the URI of our own image; build and push it first if ECR lacks it.

    Raises:
        RuntimeError: it has to be built, and Docker is not installed here.
    """
    ecr, tag = client(config, "ecr"), image_tag()
    uri = _repository(ecr)
    pages = ecr.get_paginator("list_images").paginate(repositoryName=REPOSITORY)
    if tag not in {image.get("imageTag") for page in pages for image in page["imageIds"]}:
        _publish(config, ecr, f"{uri}:{tag}")
    return f"{uri}:{tag}"


def _repository(ecr: object) -> str:
    try:
        repository = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        options = {"imageScanningConfiguration": {"scanOnPush": True}}
        repository = ecr.create_repository(repositoryName=REPOSITORY, **options)["repository"]
    return repository["repositoryUri"]


def _manifest() -> dict:
    """Return the manifest that makes docker_process/ an image of the local AWS, without Docker.

    The local AWS takes no layers; it reads Python's version, the packages and the entry point.
    """
    lines = dict(
        line.split(maxsplit=1) for line in (FOLDER / "Dockerfile").read_text().splitlines()
        if line.startswith(("FROM ", "ENTRYPOINT "))
    )  # fmt: skip
    requirements = FOLDER / "requirements.txt"
    return {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"digest": f"sha256:{image_tag():0<64}"},
        "annotations": {
            "local-aws.image.python": lines["FROM"].removeprefix("python:").partition("-")[0],
            "local-aws.image.packages": requirements.read_text() if requirements.exists() else "",
            "local-aws.image.entry-point": lines.get("ENTRYPOINT", "[]"),
        },
    }


def _publish(config: Config, ecr: object, uri: str) -> None:
    if config.endpoint_url:
        manifest = json.dumps(_manifest())
        digest = f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
        ecr.put_image(
            repositoryName=REPOSITORY, imageManifest=manifest, imageTag=image_tag(),
            imageDigest=digest,
        )  # fmt: skip
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
