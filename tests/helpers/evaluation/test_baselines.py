"""The tables say what a reader needs, for both data sets and for tests that lack classes."""

import pytest

from helpers.evaluation.baselines import (
    baseline_table,
    class_table,
    metrics_table,
    thin_classes,
    worded,
)
from helpers.evaluation.report import make_report
from tests.answers import make_manifest, make_predictions

BOTH = pytest.mark.parametrize("dataset", ["bins", "birds"])


def report(dataset, size=60, **more):
    return {**make_report(make_predictions(size, **more), dataset, rounds=50), "split": "test"}


@pytest.mark.parametrize(
    "entry, words",
    [
        ({"value": 0.9123, "low": 0.87, "high": 0.954}, "0.912 (0.87 to 0.95)"),
        ({"value": 0.5, "low": None, "high": None}, "0.500"),
        ({"value": None, "low": None, "high": None}, "–"),
        (0.93, "0.930"),
        (None, "–"),
    ],
)
def test_a_score_is_worded_with_what_is_known_of_it(entry, words):
    assert worded(entry) == words


@BOTH
def test_the_model_stands_below_guesses_and_what_is_published(dataset):
    made = report(dataset)
    table = baseline_table(made, make_manifest(dataset))
    assert list(table.index[:2]) == ["random", "always 0, the largest class"]
    assert "(" in table["accuracy"].iloc[-1] and table.index[-1].startswith("this model")


def test_bins_stand_beside_the_published_accuracies():
    table = baseline_table(report("bins"), make_manifest())
    assert {"0.331", "0.538", "0.562", "0.557"} <= set(table["accuracy"])
    assert {"0.900", "0.930"} <= set(table["RMSE (items)"])
    record = table[table["RMSE (items)"].isin(["0.900", "0.930"])]
    assert all("split at random" in data for data in record["data"])
    assert "split by groups" in table["data"].iloc[-1]


@BOTH
def test_a_missing_class_is_a_dash_and_thin(dataset):
    made = report(dataset, 6, present=2)
    assert set(class_table(made).loc["2"].drop("samples")) >= {"–"}
    assert class_table(made).loc["2", "samples"] == 0
    assert thin_classes(made) == {"0": 4, "1": 2, "2": 0}


@BOTH
def test_each_score_is_a_row_of_numbers(dataset):
    table = metrics_table(report(dataset))
    assert (table["95 % from"] <= table["value"]).all() and (table["value"] <= table["to"]).all()
