"""The container images of jobs and endpoints: our own in ECR, AWS's for training; starts no job."""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

from helpers.config import PROJECT, ROOT, Config
from helpers.session import client
from helpers.training_setups import TrainingSetup, training_setup

REPOSITORY = f"{PROJECT}-processing"
FOLDER = ROOT / "docker_process"
STUDIO = Path("/opt/ml/metadata/resource-metadata.json")
"""A file that only the spaces of SageMaker Studio have.

https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-local.html
"""


def training_image(config: Config, instance_type: str, **choice: object) -> str:
    """Return the URI of AWS's PyTorch image for a training job.

    Args:
        choice: see `helpers.training_setups.training_setup`, which chooses the image.

    Raises:
        ValueError: the image can't run on this instance type; the message says why.
    """
    return setup_image(config, training_setup(instance_type, **choice))


def setup_image(config: Config, setup: TrainingSetup) -> str:
    """Return the URI of a training job's image; the type selects its CPU or GPU variant."""
    from sagemaker.core import image_uris

    return image_uris.retrieve(
        setup.image.framework,
        config.region,
        version=setup.image.version,
        py_version=setup.image.py_version,
        instance_type=setup.instance_type,
        image_scope="training",
    )


def _files() -> list[Path]:
    """Return the files of the image's build context."""
    files = (path for path in FOLDER.rglob("*") if path.is_file())
    return sorted(path for path in files if "__pycache__" not in path.parts)


def image_tag() -> str:
    """Return a tag that changes with the image's contents."""
    digest = hashlib.sha256()
    for path in _files():
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


def serving_image(config: Config) -> str:
    """Return the URI of the image of endpoints: our own, which has a `serve`.

    AWS's last PyTorch image that serves (2.6) is out of support since 2026-06-30.
    """
    return processing_image(config)


def _repository(ecr: object) -> str:
    try:
        repository = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        scan = {"scanOnPush": True}
        repository = ecr.create_repository(
            repositoryName=REPOSITORY, imageScanningConfiguration=scan
        )["repository"]
    return repository["repositoryUri"]


def _manifest() -> dict:
    """Return the manifest that makes docker_process/ an image of the local AWS, without Docker.

    The local AWS takes no layers: it does what the Dockerfile says, with these files.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path in _files():
            member = tar.gettarinfo(path, path.relative_to(FOLDER).as_posix())
            member.mtime = member.uid = member.gid = 0
            tar.addfile(member, io.BytesIO(path.read_bytes()))
    return {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"digest": f"sha256:{image_tag():0<64}"},
        "annotations": {"local-aws.image.context": base64.b64encode(archive.getvalue()).decode()},
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
            f"The image {uri} is not in ECR and there is no docker command to build it: run this "
            "notebook once where Docker is, such as AWS CloudShell, or build it by CodeBuild as "
            "docs/images.md says"
        )
    secret = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(secret).decode().partition(":")
    login = ["docker", "login", "--username", user, "--password-stdin", uri.partition("/")[0]]
    subprocess.run(login, input=password, text=True, check=True)
    subprocess.run(["docker", "build", *_build_options(), "-t", uri, str(FOLDER)], check=True)
    subprocess.run(["docker", "push", uri], check=True)


def _build_options() -> list[str]:
    """Return the further arguments of docker.

    SageMaker refuses an index of images, which docker makes to attest where a single one is from.
    In Studio a build has no network but SageMaker's.
    """
    network = ["--network", "sagemaker"] if STUDIO.exists() else []
    return ["--platform", "linux/amd64", "--provenance=false", *network]
