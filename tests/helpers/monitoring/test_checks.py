"""The checks fire for what changed, stay quiet for what did not, and are SciPy's in numbers."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import ks_2samp

from helpers.monitoring.checks import Judge, Settings, check, expected, kind_of
from helpers.monitoring.observations import Column, Observations
from tests.helpers.monitoring.made_windows import made

BASE = made(300)
FEW = Settings(power_rounds=20)


def by_feature(window, kind="baseline_drift_check"):
    return {c.feature: c for c in check(BASE, window, FEW) if c.kind == kind}


def fired_of(base, window):
    return {(c.feature, c.kind) for c in check(base, window, FEW) if c.fired}


def fired(window):
    return fired_of(BASE, window)


def test_unchanged_traffic_fires_nothing():
    assert fired(made(60, seed=1)) == set()


def test_a_shift_of_one_column_fires_its_check_alone():
    assert fired(made(60, seed=1, shift=2)) == {("level", "baseline_drift_check")}


def test_more_wrong_answers_fire_and_more_right_ones_do_not():
    assert fired(made(60, seed=1, right=0.5)) == {("right", "baseline_drift_check")}
    assert fired(made(60, seed=1, right=1.0)) == set()


def test_ten_numbers_are_those_that_scipy_computes():
    window = made(60, seed=3, shift=0.4, right=0.8)
    found = by_feature(window)
    for name in ("level", "zeros", "confidence"):
        pair = (each.columns[name].values for each in (BASE, window))
        result = ks_2samp(*pair)
        assert found[name].distance == pytest.approx(result.statistic)
        # A threshold for one check of five at 5 %: what it exceeds is significant for SciPy too.
        limit = ks_2samp(BASE.columns[name].values, window.columns[name].values).pvalue
        assert (found[name].distance > found[name].threshold) == (limit < 0.01) or name == "zeros"
    shares = [Counter(each.columns["label"].values) for each in (BASE, window)]
    largest = max(abs(shares[0][a] / 300 - shares[1][a] / 60) for a in "abc")
    assert found["label"].distance == pytest.approx(largest)
    means = [np.mean(each.columns["right"].values) for each in (BASE, window)]
    assert found["right"].distance == pytest.approx(max(0, means[0] - means[1]))


def test_a_threshold_stands_where_scipy_has_the_quantile_of_the_same_law():
    """For one check of five: near the critical value for 0.5 to 1 % of two samples."""
    plan = {c.feature: c for c in expected(BASE, 60, FEW)}
    values = np.linspace(0, 1, 60)
    shifted = [ks_2samp(values, np.linspace(0, 1, 240) + s) for s in np.linspace(0, 0.6, 300)]
    critical = [min(r.statistic for r in shifted if r.pvalue < p) for p in (0.01, 0.002)]
    assert critical[0] - 0.02 < plan["level"].threshold < critical[1] + 0.02


def test_a_gap_a_strange_label_another_type_and_a_column_more_or_less_are_told_of():
    window = made(60, seed=1)
    level = window.columns["level"]
    window.columns["level"] = Column([None, *level.values[1:]], level.groups)
    window.columns["label"] = Column(["z", *window.columns["label"].values[1:]], level.groups)
    window.columns["confidence"] = Column(["sure"] * 60, level.groups)
    window.columns["new"] = level
    del window.columns["zeros"], window.columns["right"]
    assert fired(window) == {
        ("level", "completeness_check"),
        ("label", "categorical_values_check"),
        ("confidence", "data_type_check"),
        ("new", "extra_column_check"),
        ("zeros", "missing_column_check"),
    }


def test_a_column_with_few_values_is_left_out_by_name_with_the_reason():
    for base, window, reason in (
        (BASE, made(9), "Not compared: 9 values in the window, 10 are needed"),
        (made(9), made(60), "Not compared: 9 values in the baseline, 10 are needed"),
    ):
        left = [c for c in check(base, window, FEW) if c.description == reason]
        assert {c.feature for c in left} == set(BASE.columns)
        assert not any(c.fired or c.threshold for c in left)


def test_a_window_in_which_nothing_came_has_no_checks_but_one_of_broken_objects_has():
    assert check(BASE, Observations(), FEW) == []
    broken = check(BASE, Observations(unreadable={"a": "no sound"}), FEW)
    assert {c.kind for c in broken} == {"missing_column_check"} and all(c.fired for c in broken)


def test_a_value_that_the_baseline_has_once_may_come_twice_but_not_in_all_objects():
    base, window = made(300), made(60, seed=1)
    groups = window.columns["zeros"].groups
    base.columns["zeros"] = Column([1.0] + [0.0] * 299, base.columns["zeros"].groups)
    for count, fires in ((2, False), (60, True)):
        window.columns["zeros"] = Column([1.0] * count + [0.0] * (60 - count), groups)
        (drift,) = [c for c in check(base, window, FEW) if c.feature == "zeros" and c.distance]
        assert drift.fired == fires


def test_a_column_that_never_changed_is_compared_too():
    base, window = made(300), made(60, seed=1)
    base.columns["zeros"] = Column([0.0] * 300, base.columns["zeros"].groups)
    for count, fires in ((0, False), (2, False), (20, True)):
        values = [0.5] * count + [0.0] * (60 - count)
        window.columns["zeros"] = Column(values, window.columns["zeros"].groups)
        assert (("zeros", "baseline_drift_check") in fired_of(base, window)) == fires


def test_gaps_as_the_baseline_has_them_are_chance_and_many_more_are_not():
    base, window = made(300), made(60, seed=1)
    level = base.columns["level"]
    base.columns["level"] = Column([None] * 15 + level.values[15:], level.groups)
    for count, fires in ((5, False), (30, True)):
        column = made(60, seed=1).columns["level"]
        window.columns["level"] = Column([None] * count + column.values[count:], column.groups)
        assert (("level", "completeness_check") in fired_of(base, window)) == fires


def test_windows_that_one_judge_compares_are_compared_as_by_themselves():
    judge, windows = Judge(BASE, FEW), [made(60, seed=1, shift=0.4), made(50, seed=2)]
    assert [judge.check(window) for window in windows] == [check(BASE, w, FEW) for w in windows]


def test_the_rate_is_shared_so_a_check_among_many_needs_a_larger_distance():
    alone = made(300)
    alone.columns = {"level": alone.columns["level"]}
    (one,) = expected(alone, 60, FEW)
    many = {c.feature: c for c in expected(BASE, 60, FEW)}
    assert one.threshold < many["level"].threshold


def test_a_feature_tells_of_input_answer_or_truth():
    assert [kind_of(n) for n in ("level", "label", "right")] == ["input", "answer", "truth"]


@pytest.mark.slow
def test_unchanged_traffic_raises_an_alarm_no_more_often_than_stated():
    """Each of 200 windows has a baseline of its own; docs/benchmarks.md counts 2,000. With a rate
    of 10 %, 10 alarms or fewer have a chance of 1 in 100; with the measured 2 %, more have less."""
    hits = 0
    for seed in range(200):
        base, window = made(300, seed=2 * seed + 1000), made(60, seed=2 * seed + 1001)
        hits += any(c.fired for c in check(base, window, Settings(power_rounds=1, seed=seed)))
    assert hits <= 10
