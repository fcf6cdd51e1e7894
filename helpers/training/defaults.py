"""Defaults of each data set and instance, and the minimum accuracy of the sample data."""

from argparse import Namespace
from dataclasses import fields

from helpers.datasets import load_dataset
from helpers.training.options import Options

MOST_WORKERS = 4
"""More don't pay: on an H100 14 were slower than none (docs/benchmarks.md)."""


def loader_workers(wanted: int | None, *, vcpus: int, gpus: int) -> int:
    """Return the number of a rank's loader processes: as wanted, or by the instance's vCPUs.

    Of an instance with GPUs each rank has its share of the vCPUs, and keeps one for itself: 3 on an
    ml.g4dn.xlarge. Without a GPU the network itself computes on all of them, so there are none.
    """
    if wanted is not None:
        return wanted
    return min(MOST_WORKERS, max(0, vcpus // gpus - 1)) if gpus else 0


def complete(args: Namespace, dataset: str) -> Namespace:
    """Return the flags; those not given (None) get the data set's values, or the defaults."""
    chosen = {name: value for name, value in vars(args).items() if value is not None}
    defaults = {option.name: option.default for option in fields(Options)}
    own = load_dataset(dataset).training_defaults
    return Namespace(**{**vars(args), **defaults, **own, **chosen})


def check_accuracy(dataset: str, accuracy: float, *, sample: bool) -> str:
    """Check a model's test accuracy against the minimum accuracy of the sample data.

    Args:
        sample: whether the data are the course's sample data; other data has no minimum.

    Raises:
        RuntimeError: on the sample data, the accuracy is below the minimum.
    """
    minimum = load_dataset(dataset).minimum_accuracy
    if not sample:
        return f"test accuracy {accuracy:.3f}; nothing is promised of your own data"
    if accuracy < minimum:
        raise RuntimeError(
            f"Test accuracy {accuracy:.3f} on the sample data, where {minimum:.2f} was promised: "
            "the log above says whether training ended early, or on other hyperparameters than the "
            "data set's training_defaults"
        )
    return f"test accuracy {accuracy:.3f}, at least {minimum:.2f} as promised"
