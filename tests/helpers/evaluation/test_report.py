"""A report has every score with its interval, whatever classes the test lacks."""

import json

import numpy as np
import pytest

from helpers.datasets import load_dataset
from helpers.evaluation.report import confusion_of, make_report, quality_statistics
from tests.answers import make_predictions

BOTH = pytest.mark.parametrize("dataset", ["bins", "birds"])


@BOTH
def test_every_score_lies_in_its_interval(dataset):
    report = make_report(make_predictions(90), dataset, rounds=200)
    entries = [*report["metrics"].values()]
    names = load_dataset(dataset).task.class_score_names
    entries += [each[name] for each in report["classes"].values() for name in names]
    assert all(each["low"] <= each["value"] <= each["high"] for each in entries)
    assert report["samples"] == 90 and report["sources"] == 45


@BOTH
def test_windows_of_one_recording_make_the_interval_wider(dataset):
    alone = make_predictions(120, windows=1)
    copied = make_predictions(120, windows=6)
    copied.probabilities[:] = copied.probabilities[np.arange(120) // 6 * 6]

    def width(predictions):
        entry = make_report(predictions, dataset, rounds=200)["metrics"]["accuracy"]
        return entry["high"] - entry["low"]

    assert width(copied) > 1.5 * width(alone)


@BOTH
def test_a_class_that_the_test_lacks_has_no_score_and_stops_nothing(dataset):
    report = make_report(make_predictions(6, present=2), dataset, rounds=50)
    missing = report["classes"]["2"]
    assert missing.pop("samples") == 0
    assert all(each == {"value": None, "low": None, "high": None} for each in missing.values())
    assert report["metrics"][load_dataset(dataset).task.headline]["value"] is not None
    json.dumps(report, allow_nan=False)


@BOTH
def test_a_test_of_one_sample_is_scored(dataset):
    report = make_report(make_predictions(1), dataset, rounds=20)
    assert report["metrics"]["accuracy"]["value"] in (0, 1)
    assert np.sum(report["confusion"]) == 1


def test_all_right_is_no_certainty():
    report = make_report(make_predictions(40, skill=50), "bins", rounds=50)
    accuracy = report["metrics"]["accuracy"]
    assert accuracy["value"] == accuracy["high"] == 1
    assert accuracy["low"] == pytest.approx(0.839, abs=0.001)  # Wilson's of 20 of 20 sources
    assert report["classes"]["0"]["accuracy"]["low"] < accuracy["low"]


def test_a_score_that_no_draw_changes_has_no_interval():
    report = make_report(make_predictions(40, skill=50), "birds", rounds=50)
    assert report["metrics"]["macro_auc"] == {"value": 1.0, "low": None, "high": None}


def test_the_calibrations_bands_hold_every_sample_and_an_interval():
    found = make_report(make_predictions(60), "birds", rounds=100)["calibration"]
    bands = found["bands"]
    assert found["bins"] == 10 and all(band["from"] in np.arange(10) / 10 for band in bands)
    assert sum(band["samples"] for band in bands) == 60
    assert all(band["low"] <= band["accuracy"] <= band["high"] for band in bands)
    assert all(band["high"] > band["low"] for band in bands)


def test_the_registrys_statistics_have_the_confusion_and_no_nan():
    made = make_predictions(30)
    statistics = quality_statistics(make_report(made, "bins", rounds=20))
    quality = statistics["multiclass_classification_metrics"]
    rows = [list(row.values()) for row in quality["confusion_matrix"].values()]
    assert rows == confusion_of(made).tolist()
    assert quality["accuracy"]["value"] == pytest.approx(made.accuracy)
