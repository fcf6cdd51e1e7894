"""Makes the network of a run, new or as a trained model left it; knows no S3 and no ranks."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from helpers.networks.artifact import load_artifact, load_card, unpacked
from helpers.networks.classifier import Classifier
from helpers.networks.model import build_model

SHAPE = ("width", "dropout")
"""The flags of train.py that change a network from what its name stands for."""


def as_trained(args: Namespace, dataset: str) -> Namespace:
    """Return the flags with the network and the image size of the model that the run starts from.

    Args:
        args: the flags of train.py; `initial_model` is the folder of a trained model, or None.
        dataset: that of the shards.

    Raises:
        ValueError: the flags ask for a network too, or the model is of another data set.
    """
    if args.initial_model is None:
        return args
    with unpacked(args.initial_model) as folder:
        card = load_card(folder)
    if given := [f"--{name}" for name in ("model", *SHAPE) if getattr(args, name) is not None]:
        raise ValueError(f"--initial-model brings its own network: leave out {', '.join(given)}")
    if card["dataset"] != dataset:
        raise ValueError(f"The initial model is of {card['dataset']}, the shards are of {dataset}")
    network = {"model": card["model"]["name"], **card["model"]["args"]}
    size = card.get("size") if args.image_size is None else args.image_size
    return Namespace(**{**vars(args), **network, "image_size": size})


def make_model(args: Namespace, labels: Sequence[str]) -> Classifier:
    """Return the network of a run, the same on every rank.

    Args:
        args: the flags of train.py, completed.

    Raises:
        ValueError: the initial model knows other labels.
    """
    changes = {k: v for k in SHAPE if (v := getattr(args, k)) is not None}
    torch.manual_seed(args.seed)
    model = build_model(args.model, len(labels), **changes)
    if args.initial_model:
        load_weights(model, args.initial_model, labels)
    return model


def load_weights(model: nn.Module, folder: Path, labels: Sequence[str]) -> None:
    """Give a new network the weights of a trained one.

    Raises:
        ValueError: the trained one knows other labels, so its last layer means something else.
    """
    with unpacked(folder) as files:
        trained, card = load_artifact(files)
    if list(card["labels"]) != list(labels):
        changed = sorted({*card["labels"]} ^ {*labels}) or ["their order"]
        raise ValueError(
            f"The initial model knows other labels than the shards ({', '.join(changed[:5])}): "
            "train a new one, without --initial-model"
        )
    model.load_state_dict(trained.state_dict())
