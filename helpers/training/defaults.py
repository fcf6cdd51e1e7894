"""Default hyperparameters of each data set, and the minimum accuracy of its sample data."""

from argparse import Namespace
from dataclasses import fields

from helpers.datasets import load_dataset
from helpers.training.options import Options


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
