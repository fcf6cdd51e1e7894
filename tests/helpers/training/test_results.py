"""A run's results are written beside its model: metrics, and a line for each test sample."""

import csv
import json

import numpy as np

from helpers.training.evaluation import Evaluation
from helpers.training.results import PREDICTIONS, RESULTS, write_results

TEST = Evaluation(
    confusion=np.array([[1, 0], [1, 0]]),
    loss=0.5,
    keys=["k1", "k2"],
    targets=np.array([0, 1]),
    probabilities=np.array([[0.75, 0.25], [1 / 3, 2 / 3]]),
)


def test_a_line_says_what_each_sample_is_and_what_the_model_says(tmp_path):
    write_results(tmp_path / "new", {"loss": 0.5}, ["a,b", "c"], TEST)
    with (tmp_path / "new" / PREDICTIONS).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"key": "k1", "label": "a,b", "a,b": "0.750000", "c": "0.250000"},
        {"key": "k2", "label": "c", "a,b": "0.333333", "c": "0.666667"},
    ]
    results = json.loads((tmp_path / "new" / RESULTS).read_text())
    assert results == {"loss": 0.5, "labels": ["a,b", "c"], "confusion": [[1, 0], [1, 0]]}


def test_a_model_that_could_not_be_tested_has_neither_lines_nor_confusion(tmp_path):
    write_results(tmp_path, {"loss": 0.5}, ["a"], None)
    assert json.loads((tmp_path / RESULTS).read_text()) == {"loss": 0.5, "labels": ["a"]}
    assert not (tmp_path / PREDICTIONS).exists()
