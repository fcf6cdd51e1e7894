"""The curves of runs show their interruptions; a step's bars add up to its time."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.run_plots import interruptions, run_curves, step_shares

COURSE = pd.DataFrame(
    [
        (2.0, "first step", None, None),
        (3.0, "epoch", 2.0, 0.2),
        (4.0, "epoch", 1.5, 0.4),
        (9.0, "resumed", None, None),
        (10.0, "first step", None, None),
        (11.0, "epoch", 1.0, 0.6),
    ],
    columns=["at", "event", "validation_loss", "validation_accuracy"],
)


def test_an_interruption_goes_from_the_last_line_to_the_next_step():
    assert interruptions(COURSE) == [(4.0, 10.0)]
    assert interruptions(COURSE[:3]) == interruptions(COURSE[:4]) == []


def test_curves_have_a_point_for_each_epoch_and_a_band_for_each_interruption():
    left, right = run_curves({"one": COURSE, "two": COURSE[:3]}, title="Loss").axes
    assert [line.get_xdata().tolist() for line in left.lines] == [[3, 4, 11], [3, 4]]
    assert [line.get_ydata().tolist() for line in right.lines] == [[0.2, 0.4, 0.6], [0.2, 0.4]]
    (band,) = left.patches
    assert (band.get_x(), band.get_width()) == (4, 6)
    plt.close("all")


def test_the_bars_of_a_step_add_up_to_its_time():
    shares = {"data": 0.25, "forward": 0.5, "other": 0.25, "all-reduce": 0.1}
    profiles = {"before": {"seconds_per_step": 0.1, "shares": shares}}
    (axes,) = step_shares(profiles, title="A step").axes
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(100)
    plt.close("all")
