"""Options of training are checked where they are made."""

import pytest

from helpers.training.options import Options


@pytest.mark.parametrize(
    "given, message",
    [
        ({"schedule": "linear"}, "--schedule is 'linear', not cosine or step"),
        ({"optimizer": "sgd"}, "--optimizer is 'sgd', not adamw or muon"),
        ({"monitor": "loss"}, "--monitor"),
        ({"precision": "fp8"}, "--precision"),
        ({"augment": "true"}, "--augment"),
        ({"epochs": 0}, "begin at 1"),
    ],
)
def test_options_that_make_no_sense_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Options(**given)
