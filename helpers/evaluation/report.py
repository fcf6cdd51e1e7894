"""Makes evaluation.json, a test's scores with confidence intervals; knows predictions, no job.

The data set defines the scores: helpers/datasets/<name>/scores.py.
"""

import math
from collections.abc import Hashable, Mapping

import numpy as np

from helpers.datasets import load_dataset
from helpers.datasets.task import Task
from helpers.evaluation.bootstrap import ROUNDS, Interval, bootstrap_intervals, wilson
from helpers.evaluation.predictions import Predictions
from helpers.metrics import BINS, calibration, calibration_error, confusion_matrix

VERSION = 1
COMPARISON = "comparison.json"
NAME, PREDICTIONS, STATISTICS = "evaluation.json", "predictions.jsonl", "statistics.json"
NAN = float("nan")


def make_report(
    predictions: Predictions, dataset: str, *, rounds: int = ROUNDS, seed: int = 0
) -> dict:
    """Score predictions; each score is {value, low, high}, null where it is undefined.

    The bootstrap draws whole raw objects: windows of one recording are not independent.
    """
    task, chosen = load_dataset(dataset).task, np.arange(len(predictions))
    values = all_scores(predictions, chosen, task)

    def draw(chosen: np.ndarray) -> dict[Hashable, float]:
        drawn = all_scores(predictions, chosen, task)
        return {name: drawn.get(name, NAN) for name in values}

    intervals = bootstrap_intervals(draw, predictions.sources, rounds=rounds, seed=seed)
    values = {
        name: _entry(value, _widened(name, value, intervals[name], predictions, task))
        for name, value in values.items()
    }
    counts = np.bincount(predictions.targets, minlength=len(predictions.labels))
    bands = calibration(predictions.probabilities, predictions.targets)
    return {
        "version": VERSION,
        "dataset": dataset,
        "labels": predictions.labels,
        "samples": len(predictions),
        "sources": len(set(predictions.sources)),
        "rounds": rounds,
        "metrics": {name: values[name] for name in task.score_names},
        "classes": {
            label: {"samples": int(n), **{s: values[s, label] for s in task.class_score_names}}
            for label, n in zip(predictions.labels, counts, strict=True)
        },
        "confusion": confusion_of(predictions).tolist(),
        "calibration": {
            "error": calibration_error(bands),
            "bins": BINS,
            "bands": [{**band, **_bounds(values["band", band["from"]])} for band in bands],
        },
    }


def all_scores(predictions: Predictions, chosen: np.ndarray, task: Task) -> dict[Hashable, float]:
    """Return the scores of some samples: by name, by (name, label), by ("band", lower edge)."""
    probabilities, target = predictions.probabilities[chosen], predictions.targets[chosen]
    classes = task.class_scores(probabilities, target, predictions.labels)
    scores = task.scores(probabilities, target, predictions.labels, classes)
    values: dict[Hashable, float] = dict(scores)
    for name, each in classes.items():
        pairs = zip(predictions.labels, each.tolist(), strict=True)
        values |= {(name, label): value for label, value in pairs}
    for band in calibration(probabilities, target):
        values["band", band["from"]] = band["accuracy"]
    return values


def confusion_of(predictions: Predictions) -> np.ndarray:
    """Return the confusion matrix, a row for each true class."""
    answers = predictions.probabilities.argmax(1)
    return confusion_matrix(predictions.targets, answers, len(predictions.labels))


def _widened(
    name: Hashable, value: float, interval: Interval, predictions: Predictions, task: Task
) -> Interval:
    """Replace the interval of a share that no draw changes (0 or 1) by a Wilson interval.

    Other scores that no draw changes get no interval.
    """
    kind, part = name if isinstance(name, tuple) else (name, None)
    if interval.low != interval.high:
        return interval
    if kind not in task.shares | {"band"}:
        return Interval(NAN, NAN)
    inside = np.ones(len(predictions), bool)
    if kind == "band":
        inside = np.minimum((predictions.probabilities.max(1) * 10).astype(int), 9) == part * 10
    elif part is not None:
        inside = predictions.targets == predictions.labels.index(part)
    sources = {predictions.sources[i] for i in np.flatnonzero(inside)}
    return wilson(value, len(sources))


def _entry(value: float, interval: Interval) -> dict[str, float | None]:
    return {"value": _plain(value), "low": _plain(interval.low), "high": _plain(interval.high)}


def _bounds(entry: Mapping[str, float | None]) -> dict[str, float | None]:
    return {"low": entry["low"], "high": entry["high"]}


def _plain(value: float) -> float | None:
    """Return a number for JSON, None for nan."""
    return None if math.isnan(value) else float(value)


def quality_statistics(report: dict) -> dict:
    """Return a report in the model quality format of SageMaker's registry.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
    """
    labels = report["labels"]
    rows = zip(labels, report["confusion"], strict=True)
    metrics = {
        name: {"value": each["value"], "standard_deviation": "NaN"}
        for name, each in report["metrics"].items()
        if each["value"] is not None
    }
    confusion = {label: dict(zip(labels, row, strict=True)) for label, row in rows}
    return {"multiclass_classification_metrics": {"confusion_matrix": confusion, **metrics}}
