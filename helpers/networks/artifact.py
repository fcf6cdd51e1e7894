"""Saves and loads a trained model's folder: weights, card, serving code; no S3, no ranks.

torch is imported only with the weights: an endpoint that runs the exported graph does not need it.
"""

import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, device, nn

WEIGHTS, CARD, CODE = "model.pt", "model.json", "code"
SCRIPT = "inference.py"
ARCHIVE = "model.tar.gz"


def save_artifact(folder: Path, weights: "Mapping[str, Tensor]", card: dict) -> None:
    """Write the weights (without DDP's `module.` prefix) and the model's card.

    Args:
        card: holds at least model {name, classes, args}, dataset, labels and store.
    """
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    torch.save({name: tensor.cpu() for name, tensor in weights.items()}, folder / WEIGHTS)
    save_card(folder, card)


def save_card(folder: Path, card: dict) -> None:
    """Write the model's card over an earlier one, completely or not at all."""
    temporary = folder / f".{CARD}.tmp"
    try:
        temporary.write_text(json.dumps({"version": 1, **card}, indent=1))
        temporary.replace(folder / CARD)
    finally:
        temporary.unlink(missing_ok=True)


def ship_code(folder: Path, source: Path) -> None:
    """Copy the serving code beside the model, where the endpoint's image looks for it.

    Args:
        source: the job's source folder; what it lacks of inference.py and helpers is left out.
    """
    code = folder / CODE
    code.mkdir(parents=True, exist_ok=True)
    if (source / SCRIPT).is_file():
        shutil.copyfile(source / SCRIPT, code / SCRIPT)
    if (source / "helpers").is_dir():
        ignore = shutil.ignore_patterns("__pycache__", "local_aws")
        shutil.copytree(source / "helpers", code / "helpers", ignore=ignore, dirs_exist_ok=True)


def load_card(folder: Path) -> dict:
    """Return the model's card.

    Raises:
        FileNotFoundError: the folder holds no model of this course.
    """
    if not (folder / CARD).is_file():
        raise FileNotFoundError(f"No {CARD} in {folder}: give a folder that train.py wrote")
    return json.loads((folder / CARD).read_text())


def read_test(card: dict) -> dict:
    """Return the metrics of the model's test, from its card.

    Raises:
        LookupError: the run could not test the model; the message has the reason.
    """
    if "test" not in card["metrics"]:
        reason = card.get("warnings", {}).get("test", "its training was stopped")
        raise LookupError(f"The model was saved but not tested ({reason}): see its job's log")
    return card["metrics"]["test"]


def load_artifact(folder: Path, device: "device | str" = "cpu") -> "tuple[nn.Module, dict]":
    """Return the network with its weights, ready to predict, and its card.

    Raises:
        FileNotFoundError: the folder holds no model of this course.
    """
    import torch

    from helpers.networks.model import build_model

    card = load_card(folder)
    model = build_model(card["model"]["name"], card["model"]["classes"], **card["model"]["args"])
    model.load_state_dict(torch.load(folder / WEIGHTS, map_location="cpu", weights_only=True))
    return model.to(device).eval(), card


@contextmanager
def unpacked(folder: Path) -> Iterator[Path]:
    """Yield the folder of a model's files, given that of a training job's archive, or that itself.

    Raises:
        FileNotFoundError: the folder has no model.
    """
    if not (folder / ARCHIVE).is_file():
        if not (folder / CARD).is_file():
            raise FileNotFoundError(f"No {ARCHIVE} in {folder}: run notebooks/05 first")
        yield folder
        return
    with tempfile.TemporaryDirectory() as files:
        with tarfile.open(folder / ARCHIVE) as archive:
            archive.extractall(files, filter="data")
        yield Path(files)
