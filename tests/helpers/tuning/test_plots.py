"""Figures of searches: labeled, and true to the trials."""

import pandas as pd
import pytest
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter

from helpers.tuning.plots import history, parallel_coordinates, strategies
from helpers.tuning.trials import Trial
from tests.figures import is_labeled, shown

pytestmark = pytest.mark.usefixtures("course_style")

RANGES = {
    "lr": ContinuousParameter(1e-4, 1e-1, "Logarithmic"),
    "width": IntegerParameter(8, 16),
    "mode": CategoricalParameter(["a", "b"]),
}
TRIALS = [
    Trial(0, {"lr": 1e-3, "width": 8, "mode": "a"}, "job-0", "Completed", 0.5),
    Trial(1, {"lr": "0.01", "width": "16", "mode": "b"}, "job-1", "Completed", 0.9),
    Trial(2, {"lr": 1e-4, "width": 12, "mode": "a"}, "job-2", "Failed", None),
    Trial(3, {"lr": 1e-4, "width": 12, "mode": "a"}, "job-3", "Completed", 0.7),
]
RESULTS = pd.DataFrame(
    [(name, seed, trial, found * trial)
     for name in ("Random", "Bayesian") for seed, found in enumerate((0.1, 0.2, 0.4))
     for trial in (1, 2)],
    columns=["strategy", "seed", "trial", "found"],
)  # fmt: skip


@pytest.mark.parametrize(
    "draw",
    [
        lambda: history({"one": TRIALS, "two": TRIALS[:2]}, objective="accuracy", default=0.6),
        lambda: parallel_coordinates(TRIALS, RANGES, objective="accuracy"),
        lambda: strategies(RESULTS, objective="accuracy", best=0.9),
    ],
)
def test_every_figure_has_a_title_and_labeled_axes(draw):
    found = shown(draw())
    assert found
    for axes in found:
        assert axes.get_title(loc="left") and is_labeled(axes)


def test_a_strategys_line_is_the_median_of_its_seeds():
    [axes] = strategies(RESULTS, objective="accuracy", best=0.9).axes
    line = next(line for line in axes.lines if str(line.get_label()).startswith("Random"))
    assert line.get_label() == "Random, 3 seeds"
    assert list(line.get_ydata()) == [0.2, 0.4]


def test_the_best_so_far_never_falls_and_skips_failed_trials():
    [axes] = history({"one": TRIALS}, objective="accuracy").axes
    best = next(line for line in axes.lines if "best" in str(line.get_label()))
    assert list(best.get_ydata()) == [0.5, 0.9, 0.9, 0.9]


def test_less_is_better_where_it_is_asked_for():
    [axes] = history({"one": TRIALS}, objective="loss", maximize=False).axes
    best = next(line for line in axes.lines if "best" in str(line.get_label()))
    assert list(best.get_ydata()) == [0.5, 0.5, 0.5, 0.5]


def test_the_best_trial_is_the_thick_line_and_those_left_out_are_counted():
    axes = parallel_coordinates(TRIALS, RANGES, objective="accuracy").axes[0]
    assert "3 trials, 1 without an objective left out" in axes.get_title(loc="left")
    thick = max((line for line in axes.lines if len(line.get_xdata()) == 4),
                key=lambda line: line.get_linewidth())  # fmt: skip
    assert list(thick.get_ydata()) == pytest.approx([2 / 3, 1, 1, 1])


def test_a_search_with_one_value_is_drawn_too():
    assert parallel_coordinates(TRIALS[:1], RANGES, objective="accuracy")
