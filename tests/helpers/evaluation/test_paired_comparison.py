"""Two models are compared on the samples that both have answered, in pairs."""

import json
import re
from dataclasses import replace

import pytest

from helpers.datasets import load_dataset
from helpers.evaluation.paired_comparison import compare_pairs, no_comparison
from helpers.evaluation.report import make_report
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
    assert "both answer alike, so the new model has learned nothing" in repr(result)


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
    assert "is above the floor of 0.800; a guess has 0.500" in result.verdict and result.passes
    assert result.table["new"].notna().all() and result.table["approved"].isna().all()


@pytest.mark.parametrize("dataset", ["birds", "bins"])
def test_a_model_that_guesses_does_not_pass_the_floor_alone_or_compared(dataset):
    guess = make_predictions(60, skill=0)
    alone = no_comparison(guess, dataset, rounds=100)
    compared = compare_pairs(guess, guess, dataset, rounds=100)
    for result in (alone, compared):
        assert not result.passes and not result.worse
        assert "is not wholly above the floor" in result.verdict


def test_a_score_above_the_floor_with_an_interval_below_it_does_not_pass():
    few, many = (make_predictions(size, skill=1.3, windows=1) for size in (12, 600))
    results = [no_comparison(made, "birds", rounds=200) for made in (few, many)]
    values = [result.table.loc["macro ROC-AUC", "new"] for result in results]
    floor = load_dataset("birds").task.floor
    assert min(values) > floor and [result.passes for result in results] == [False, True]


def test_without_a_floor_of_its_own_a_task_wants_more_than_a_guess(monkeypatch):
    task = replace(load_dataset("bins").task, floor=None)
    monkeypatch.setattr(type(load_dataset("bins")), "task", task)
    verdict = no_comparison(make_predictions(), "bins", rounds=50).verdict
    floor, guess = re.findall(r"the floor of ([\d.]+); a guess has ([\d.]+)", verdict)[0]
    assert floor == guess


def test_its_document_is_json_with_the_new_models_score():
    made = make_predictions(200)
    report = {**make_report(made, "bins", rounds=20), "manifest": "0" * 64}
    document = compare_pairs(made, made, "bins", rounds=20).document(report, "bins")
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["value"] == f"{made.accuracy:.3f}" and document["score"] == "accuracy"
    alone = no_comparison(made, "bins", rounds=20).document(report, "bins")
    assert alone["scores"]["accuracy"]["approved"] is None
