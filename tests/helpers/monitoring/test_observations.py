"""Columns hold what was measured, and say what is missing."""

from datetime import UTC, datetime

from helpers.datasets import load_dataset
from helpers.monitoring.capture import Captured, Traffic
from helpers.monitoring.observations import Observations, observe, outputs
from tests.made_shards import photo

ANSWER = {"label": "1", "probabilities": {"0": 0.2, "1": 0.8}}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_row_without_a_value_leaves_a_gap_and_what_is_no_number_is_none():
    observations = Observations()
    observations.add([{"a": 1.0, "b": "x"}, {"a": float("nan")}, {}], ["g", "g", "h"])
    column = observations.columns["a"]
    assert column.values == [1.0, None, None] and column.completeness == 1 / 3
    assert column.known.groups == ["g"] and column.is_number
    assert not observations.columns["b"].is_number and len(observations) == 3


def test_an_answer_has_label_confidence_and_with_a_truth_whether_it_is_right():
    assert outputs(ANSWER) == {"label": "1", "confidence": 0.8}
    assert outputs(ANSWER, "0")["right"] == 0 and outputs(ANSWER, "1")["right"] == 1
    assert outputs(None) == outputs({"error": "no photo"}, "1") == {}


def test_traffic_is_measured_and_what_cannot_be_is_told_of():
    import numpy as np

    rng = np.random.default_rng(0)
    objects = [
        Captured("a", NOW, photo(1, rng), ANSWER),
        Captured("b/0", NOW, b"no photo", None),
        Captured("b/1", NOW, photo(2, rng), ANSWER),
    ]
    window = observe(load_dataset("bins"), Traffic(objects, {"f:1": "cut off"}), {"a": "1"})
    assert window.columns["brightness"].groups == ["a", "b", "b"]
    assert window.columns["brightness"].values[1] is None
    assert window.columns["label"].values == ["1", None, "1"]
    assert window.columns["right"].values == [1.0, None, None]
    assert window.unreadable.keys() == {"f:1", "b/0"}
