from argparse import ArgumentParser

import pytest

from helpers.datasets import NAMES, load_dataset
from helpers.networks.model import MODELS
from helpers.training.defaults import MOST_WORKERS, check_accuracy, complete, loader_workers
from helpers.training.options import Options


def flags(*given: str):
    parser = ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--batch-size", type=int)
    Options.add_flags(parser)
    return parser.parse_args(given)


@pytest.mark.parametrize("dataset", NAMES)
def test_every_data_set_can_be_trained_without_a_flag(dataset):
    args = complete(flags(), dataset)
    assert args.model in MODELS
    assert args.batch_size > 0
    assert Options.from_flags(args).epochs == load_dataset(dataset).training_defaults["epochs"]


def test_what_was_given_wins():
    args = complete(flags("--epochs", "2", "--lr", "0"), "bins")
    options = Options.from_flags(args)
    assert (options.epochs, options.lr) == (2, 0)
    assert options.patience == load_dataset("bins").training_defaults["patience"]


def test_what_neither_gives_is_the_default():
    assert Options.from_flags(complete(flags(), "birds")).seed == Options().seed


@pytest.mark.parametrize(
    "wanted, vcpus, gpus, workers",
    [
        (None, 4, 1, 3),  # ml.g4dn.xlarge
        (None, 48, 4, MOST_WORKERS),  # ml.g4dn.12xlarge
        (None, 8, 8, 0),
        (None, 16, 0, 0),
        (2, 16, 0, 2),
        (0, 4, 1, 0),
    ],
)
def test_loader_processes_are_as_wanted_or_follow_the_vcpus(wanted, vcpus, gpus, workers):
    assert loader_workers(wanted, vcpus=vcpus, gpus=gpus) == workers


@pytest.mark.parametrize("dataset", NAMES)
def test_a_model_of_the_sample_data_below_what_is_promised_is_an_error(dataset):
    minimum = load_dataset(dataset).minimum_accuracy
    assert "as promised" in check_accuracy(dataset, minimum, sample=True)
    with pytest.raises(RuntimeError, match=f"where {minimum:.2f} was promised"):
        check_accuracy(dataset, minimum - 0.01, sample=True)
    assert "your own data" in check_accuracy(dataset, 0.1, sample=False)
