"""An untrained model in a folder, as train.py leaves one."""

import io
import shutil
import tarfile
from pathlib import Path

import numpy as np
import torch

from helpers.config import Config
from helpers.container_images import serving_image
from helpers.datasets import load_dataset
from helpers.endpoints import make_model, serve, wait_in_service
from helpers.job_code import ship
from helpers.networks.artifact import load_artifact, save_artifact
from helpers.networks.model import build_model
from helpers.networks.onnx_graph import GRAPH, export_graph
from helpers.roles import make_role
from local_aws.server import LocalAws
from tests.made_shards import KINDS, LABELS

SERVED = {
    "birds": ({"store": "ogg"}, torch.zeros(2, 160_000, dtype=torch.int16), "audio/flac"),
    "bins": (
        {"store": "jpg", "size": 32}, torch.zeros(2, 3, 32, 32, dtype=torch.uint8), "image/jpeg"
    ),
}  # fmt: skip
"""Data set to what its card says, stored samples for its graph, and the type of a request."""


def make_artifact(folder: Path, dataset: str, **card: object) -> Path:
    """Write an untrained model of a data set as train.py does."""
    torch.manual_seed(0)
    name = load_dataset(dataset).training_defaults["model"]
    model = build_model(name, 3, width=8)
    made = {"dataset": dataset, "labels": LABELS, "model": model.settings, "size": None, **card}
    save_artifact(folder, model.state_dict(), made)
    return folder


def make_served(folder: Path, dataset: str) -> Path:
    """Write an untrained model with its graph and its code: what a model's archive holds."""
    card, samples, _ = SERVED[dataset]
    model = make_artifact(folder, dataset, **card)
    export_graph(load_artifact(model)[0], samples, model / GRAPH)
    shutil.copytree(ship("scripts_inference/inference.py"), model / "code")
    return model


def request_of(dataset: str) -> tuple[bytes, str]:
    """Return a raw object as a client sends it, and its type."""
    return KINDS[dataset][0](1, np.random.default_rng(0)), SERVED[dataset][2]


def serve_made(aws: LocalAws, config: Config, folder: Path, dataset: str, endpoint: str) -> Path:
    """Serve an untrained model at an endpoint of the course's own image; return its folder."""
    model, archive = make_served(folder, dataset), io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(model, ".")
    aws.store.put(config.bucket, "model.tar.gz", archive.getvalue())
    make_role(config)
    make_model(config, "model", serving_image(config), f"s3://{config.bucket}/model.tar.gz")
    serve(config, endpoint, "model", "ml.m5.large")
    wait_in_service(config, endpoint)
    return model
