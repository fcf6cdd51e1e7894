"""A tiny world for the pipeline: photos whose color tells their count, and an untrained live model.

The photos are in the bins' layout, so the course's own job scripts take them as they are.
"""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import simplejpeg
import torch

from helpers.config import Config
from helpers.container_images import serving_image
from helpers.datasets import load_dataset
from helpers.endpoints import PROGRAM, make_model_of, serve, wait_in_service
from helpers.job_code import ship
from helpers.manifest import load_manifest
from helpers.networks.artifact import load_artifact, save_artifact
from helpers.networks.model import build_model
from helpers.networks.onnx_graph import GRAPH, export_graph
from helpers.roles import make_role
from helpers.session import client
from helpers.storage import LocalFolder
from local_aws.server import LocalAws
from scripts_process import shard

COLORS = (
    *((220, 30, 30), (30, 220, 30), (30, 30, 220)),
    *((220, 220, 30), (30, 220, 220), (220, 30, 220)),
)
SIDE = 64


def photo(count: int, rng: np.random.Generator) -> bytes:
    """Return a JPEG whose color tells its count."""
    pixels = np.array(COLORS[count]) + rng.integers(-25, 25, (SIDE, SIDE, 3))
    return simplejpeg.encode_jpeg(np.ascontiguousarray(pixels.clip(0, 255), np.uint8))


def bins(first: int, number: int, seed: int = 0) -> dict[str, bytes]:
    """Return photos and metadata by key, of ids from `first` on."""
    rng, files = np.random.default_rng(seed), {}
    for n in range(first, first + number):
        count = n % len(COLORS)
        files[f"bin-images/{n:05d}.jpg"] = photo(count, rng)
        files[f"metadata/{n:05d}.json"] = json.dumps({"EXPECTED_QUANTITY": count}).encode()
    return files


def upload(aws: LocalAws, config: Config, files: dict[str, bytes]) -> None:
    """Put files below the raw prefix."""
    for key, data in files.items():
        aws.store.put(config.bucket, config.key("raw", key), data)


def make_live(aws: LocalAws, config: Config, folder: Path) -> None:
    """Make what 01, 04, 07 and 08 leave: raw data, shards, a version and its endpoint."""
    make_role(config)
    files = bins(0, 150)
    upload(aws, config, files)
    for key, data in files.items():
        path = folder / "raw" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    places = ("--raw", str(folder / "raw"), "--output", str(folder / "shards"))
    shard.main(shard.parse_args(["--dataset", config.dataset, *places, "--processes", "1"]))
    for path in (folder / "shards").rglob("*.*"):
        key = path.relative_to(folder / "shards").as_posix()
        aws.store.put(config.bucket, config.key("shards", key), path.read_bytes())
    aws.store.put(config.bucket, "live/model.tar.gz", _archive(folder))
    _serve_version(config)


def _archive(folder: Path) -> bytes:
    """Return the archive of an untrained model for these shards."""
    manifest, model = load_manifest(LocalFolder(folder / "shards")), folder / "model"
    torch.manual_seed(0)
    name = load_dataset("bins").training_defaults["model"]
    # A width of 8 ends training on processors with AVX-512 and without bf16: oneDNN 3.12 spoils
    # memory in the gradient of a convolution of stride 2 whose channels fill no register of 16.
    network = build_model(name, len(manifest.labels), width=16)
    card = {"dataset": "bins", "labels": manifest.labels, "model": network.settings}
    save_artifact(model, network.state_dict(), {**card, "size": SIDE, "store": "jpg"})
    samples = torch.zeros(2, 3, SIDE, SIDE, dtype=torch.uint8)
    export_graph(load_artifact(model)[0], samples, model / GRAPH)
    code = ship("scripts_inference/inference.py")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(model, ".")
        tar.add(code, "code")
    return archive.getvalue()


def _serve_version(config: Config) -> None:
    """Register the archive as version 1 and serve it."""
    sagemaker, uri = client(config, "sagemaker"), f"s3://{config.bucket}/live/model.tar.gz"
    sagemaker.create_model_package_group(ModelPackageGroupName=config.name)
    container = {"Image": serving_image(config), "ModelDataUrl": uri, "Environment": PROGRAM}
    arn = sagemaker.create_model_package(
        ModelPackageGroupName=config.name,
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["image/jpeg"],
            "SupportedResponseMIMETypes": ["application/json"],
            "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
        },
        ModelApprovalStatus="Approved",
        CustomerMetadataProperties={
            **{"dataset": config.dataset, "raw-data": config.source, "training-job": "none"},
            **{"evaluation": "none", "manifest": "none", "score": "accuracy", "value": "0.167"},
        },
    )["ModelPackageArn"]
    make_model_of(config, f"{config.name}-version-1", arn)
    serve(config, config.name, f"{config.name}-version-1", "ml.m5.large")
    wait_in_service(config, config.name)
