"""What training does with a data set unless told otherwise; it knows names and numbers alone."""

from argparse import Namespace
from dataclasses import fields

from helpers.training.options import Options

RECIPES: dict[str, dict[str, object]] = {
    "birds": {"model": "audio-resnet-small", "batch_size": 32, "epochs": 12},
    "bins": {"model": "resnet-small", "batch_size": 32, "epochs": 72, "patience": 24},
}
"""Flags of train.py for the sample data, which fit a laptop: one to three minutes on two cores.

The real sets want more, as a job's hyperparameters: `resnet34` at 224 pixels, `audio-resnet18`.
"""


def complete(args: Namespace, dataset: str) -> Namespace:
    """Return the flags with, where none was given (None), the data set's values or the defaults."""
    given = {name: value for name, value in vars(args).items() if value is not None}
    defaults = {option.name: option.default for option in fields(Options)}
    return Namespace(**{**vars(args), **defaults, **RECIPES.get(dataset, {}), **given})


FLOORS = {"birds": 0.95, "bins": 0.80}
"""Test accuracy that the sample data's model is promised to reach."""


def check_floor(dataset: str, accuracy: float, *, sample: bool) -> str:
    """Say how a model's test accuracy stands to what the course promises of its sample data.

    Args:
        sample: whether the data are the course's own; nothing is promised of other data.

    Raises:
        RuntimeError: the sample data's model is worse than promised.
    """
    floor = FLOORS.get(dataset, 0.0)
    if not sample:
        return f"test accuracy {accuracy:.3f}; nothing is promised of your own data"
    if accuracy < floor:
        raise RuntimeError(
            f"Test accuracy {accuracy:.3f} on the sample data, where {floor:.2f} was promised: the "
            "log above says whether training ended early, or on other flags than recipes.py has"
        )
    return f"test accuracy {accuracy:.3f}, at least {floor:.2f} as promised"
