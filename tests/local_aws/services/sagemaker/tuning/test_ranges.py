"""Ranges of hyperparameters: distributions, texts, and values from texts."""

import pytest
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter

from local_aws.services.sagemaker.tuning.ranges import Range, RangeError, as_text, from_sdk


@pytest.mark.parametrize(
    "range_, is_log",
    [
        (Range("x", "Continuous", 1e-4, 1e-1), True),
        (Range("x", "Continuous", 0.1, 0.9), False),
        (Range("x", "Continuous", 0.0, 1e6), False),
        (Range("x", "Continuous", 1e-4, 1e-1, "Linear"), False),
        (Range("x", "Integer", 1, 4, "Logarithmic"), True),
    ],
)
def test_auto_scaling_is_logarithmic_for_wide_ranges(range_, is_log):
    assert range_.is_log is is_log
    assert range_.distribution().log is is_log


def test_a_reverse_scale_draws_the_distance_to_one():
    momentum = Range("momentum", "Continuous", 0.9, 0.999, "ReverseLogarithmic")
    drawn = momentum.distribution()
    assert (drawn.low, drawn.high) == pytest.approx((0.001, 0.1)) and drawn.log
    assert momentum.value(momentum.drawn("0.99")) == pytest.approx(0.99)
    assert momentum.low <= momentum.value(drawn.low) <= momentum.high


def test_ranges_of_the_sdk_are_read_by_name():
    ranges = from_sdk(
        {
            "lr": ContinuousParameter(1e-4, 1e-1, scaling_type="Logarithmic"),
            "width": IntegerParameter(8, 16),
            "mode": CategoricalParameter(["a", "b"]),
        }
    )
    assert ranges["lr"] == Range("lr", "Continuous", 1e-4, 0.1, "Logarithmic")
    assert str(ranges["width"]) == "8 to 16" and ranges["mode"].values == ("a", "b")


@pytest.mark.parametrize("value", ["11", 0, "2.5", "a"])
def test_a_value_outside_of_its_range_is_named(value):
    with pytest.raises(RangeError, match="n=.* lies outside of its range, 1 to 10"):
        Range("n", "Integer", 1, 10).drawn(value)


@pytest.mark.parametrize("value, text", [(0.1, "0.1"), (1e-05, "1e-05"), (3, "3"), ("a", "a")])
def test_a_value_becomes_a_hyperparameter_without_loss(value, text):
    assert as_text(value) == text
