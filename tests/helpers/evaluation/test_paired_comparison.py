"""Two models are compared on the samples that both have answered, in pairs."""

import pytest

from helpers.evaluation.paired_comparison import compare_pairs, no_comparison
from tests.answers import make_predictions


def test_the_better_model_is_told_from_the_worse():
    good, bad = make_predictions(200, skill=4), make_predictions(200, skill=0, seed=1)
    for dataset, score in (("bins", "accuracy"), ("birds", "macro ROC-AUC")):
        won, lost = (
            compare_pairs(*pair, dataset, rounds=100) for pair in ((good, bad), (bad, good))
        )
        assert not won.worse and "the new model is better" in won.verdict
        assert lost.worse and "the new model is worse" in lost.verdict
        row, back = won.table.loc[score], lost.table.loc[score]
        assert row["difference"] == pytest.approx(row["new"] - row["approved"])
        assert row["difference"] == pytest.approx(-back["difference"])


def test_a_model_is_no_better_than_itself():
    made = make_predictions()
    result = compare_pairs(made, made, "bins", rounds=50)
    assert (result.table["difference"] == 0).all() and not result.worse
    assert "can't tell them apart" in repr(result)


def test_a_model_that_may_be_as_good_is_not_worse():
    one, other = make_predictions(60), make_predictions(60, seed=1)
    for pair in ((one, other), (other, one)):
        result = compare_pairs(*pair, "bins", rounds=100)
        row = result.table.loc["accuracy"]
        assert row["95 % from"] < 0 < row["to"] and not result.worse


def test_pairs_tell_apart_what_two_intervals_do_not():
    old = make_predictions(120, windows=1)
    new = make_predictions(120, windows=1)
    wrong = [i for i in range(120) if new.probabilities[i].argmax() != new.targets[i]][:8]
    for index in wrong:  # right where the old one was wrong, and else the same
        new.probabilities[index] = 0.05
        new.probabilities[index, new.targets[index]] = 0.9
    row = compare_pairs(new, old, "bins", rounds=200).table.loc["accuracy"]
    assert row["95 % from"] > 0 and row["difference"] == pytest.approx(8 / 120)


def test_samples_and_labels_may_come_in_another_order():
    new, old = make_predictions(), make_predictions(seed=1)
    turned = old.take(range(39, -1, -1))
    expected = compare_pairs(new, old, "bins", rounds=20).table
    assert compare_pairs(new, turned, "bins", rounds=20).table.equals(expected)


def test_where_the_test_has_grown_the_common_samples_count():
    new, old = make_predictions(60), make_predictions(40)
    assert "on 40 of 60 samples" in compare_pairs(new, old, "birds", rounds=20).verdict


def test_without_a_common_sample_there_is_no_comparison():
    new, old = make_predictions(), make_predictions().take(range(20))
    with pytest.raises(ValueError, match="share no test sample"):
        compare_pairs(new.take(range(20, 40)), old, "bins")


def test_a_first_model_has_nothing_to_beat():
    result = no_comparison(make_predictions(), "birds")
    assert not result.worse and "first version" in result.verdict
    assert result.verdict.endswith("where a guess has 0.500")
    assert result.table["new"].notna().all() and result.table["approved"].isna().all()
