"""An untrained model in a folder, as train.py leaves one."""

from pathlib import Path

import torch

from helpers.datasets import load_dataset
from helpers.networks.artifact import save_artifact
from helpers.networks.model import build_model
from tests.made_shards import LABELS


def make_artifact(folder: Path, dataset: str, **card: object) -> Path:
    """Write an untrained model of a data set as train.py does."""
    torch.manual_seed(0)
    name = load_dataset(dataset).training_defaults["model"]
    model = build_model(name, 3, width=8)
    made = {"dataset": dataset, "labels": LABELS, "model": model.settings, "size": None, **card}
    save_artifact(folder, model.state_dict(), made)
    return folder
