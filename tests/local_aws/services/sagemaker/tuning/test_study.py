"""The study's choices, and its continuation from earlier results."""

from statistics import fmean

import pytest

from local_aws.services.sagemaker.tuning.ranges import Range, RangeError
from local_aws.services.sagemaker.tuning.study import Study

RANGES = {"x": Range("x", "Continuous", 0, 1), "c": Range("c", "Categorical", values=("a", "b"))}


def search(study, count):
    """Run trials whose best is at x = 0.7; return their values."""
    trials = []
    for _ in range(count):
        number, values = study.ask()
        trials.append((values, 1 - (values["x"] - 0.7) ** 2))
        study.tell(number, trials[-1][1])
    return trials


@pytest.mark.parametrize("strategy", ["Bayesian", "Random", "Hyperband"])
def test_a_study_that_is_told_its_past_goes_on_as_if_it_had_never_stopped(strategy):
    def make():
        return Study(RANGES, strategy=strategy, seed=3, startup=2, resources=(1, 3))

    through, again = search(make(), 6), make()
    for values, score in through[:4]:
        again.tell(again.ask(values)[0], score)
    assert search(again, 2) == through[4:]


def test_tpe_draws_nearer_to_the_peak_than_chance():
    late = {}
    for strategy in ("Bayesian", "Random"):
        trials = search(Study(RANGES, strategy=strategy, seed=1, startup=4), 24)
        late[strategy] = fmean(score for _, score in trials[12:])
    assert late["Bayesian"] > late["Random"] + 0.02


def test_other_seeds_choose_other_values():
    assert search(Study(RANGES, seed=1), 2) != search(Study(RANGES, seed=2), 2)


def test_hyperband_stops_the_worse_of_its_trials():
    study = Study(RANGES, strategy="Hyperband", seed=0, resources=(1, 27))
    stopped = {}
    for quality in (9, 8, 7, 6, 5, 4, 3, 2, 1):
        number, _ = study.ask()
        stopped[quality] = any(study.report(number, epoch, quality) for epoch in range(1, 28))
        study.tell(number, quality)
    assert not stopped[9] and any(stopped.values())


def test_a_grid_ends_with_its_last_combination():
    grid = {"c": RANGES["c"], "d": Range("d", "Categorical", values=("x", "y"))}
    study = Study(grid, strategy="Grid")
    combinations = [tuple(study.ask()[1].values()) for _ in range(4)]
    assert sorted(combinations) == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    with pytest.raises(IndexError):
        study.ask()


def test_a_given_value_outside_of_its_range_is_refused():
    with pytest.raises(RangeError, match="x=7 lies outside"):
        Study(RANGES).ask({"x": 7, "c": "a"})


def test_failed_trials_do_not_stop_a_study():
    study = Study(RANGES, startup=1)
    for value in (None, float("nan"), 1.0):
        study.tell(study.ask()[0], value)
    assert set(study.ask()[1]) == {"x", "c"} and len(study) == 4
