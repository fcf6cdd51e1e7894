"""Tables of a report for a reader: scores with intervals, beside guesses and published ones.

Takes a report (report.py) and a manifest; reads nothing and draws nothing.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.datasets import load_dataset
from helpers.manifest import Manifest

FEW = 10
"""Samples of a class below which its own scores say little."""
NONE = "–"


def worded(entry: Mapping[str, float | None] | float | None, digits: int = 3) -> str:
    """Word a score: `0.912 (0.87 to 0.95)`, a plain number, or a dash."""
    if not isinstance(entry, Mapping):
        return NONE if entry is None else f"{entry:.{digits}f}"
    if entry["value"] is None:
        return NONE
    value = f"{entry['value']:.{digits}f}"
    if entry["low"] is None:
        return value
    return f"{value} ({entry['low']:.2f} to {entry['high']:.2f})"


def metrics_table(report: dict) -> pd.DataFrame:
    """Return the scores: a row each with value and 95 % interval."""
    task = load_dataset(report["dataset"]).task
    rows = [
        (words, each["value"], each["low"], each["high"])
        for name, words in task.score_names.items()
        for each in [report["metrics"][name]]
    ]
    columns = ["score", "value", "95 % from", "to"]
    return pd.DataFrame(rows, columns=columns).set_index("score").astype(float)


def baseline_table(report: dict, manifest: Manifest) -> pd.DataFrame:
    """Return the model beside guesses on its own test and published results."""
    task = load_dataset(report["dataset"]).task
    train, test = (counts(manifest, split) for split in ("train", report["split"]))
    size = f"this test, {report['samples']} samples, split by groups"
    rows = [{"data": size, **guess} for guess in task.guesses(train, test, report["labels"])]
    rows += task.published
    rows.append({"model": "this model, with 95 % interval", "data": size, **report["metrics"]})
    names = [
        name for name in task.score_names if any(row.get(name) is not None for row in rows[:-1])
    ]
    table = [
        [row["model"], row["data"], *(worded(row.get(name)) for name in names)] for row in rows
    ]
    columns = ["model", "data", *(task.score_names[name] for name in names)]
    return pd.DataFrame(table, columns=columns).set_index("model")


def class_table(report: dict) -> pd.DataFrame:
    """Return each class's samples and scores, with the published ones."""
    task = load_dataset(report["dataset"]).task
    rows = []
    for label, each in report["classes"].items():
        scores = {words: worded(each[name], 2) for name, words in task.class_score_names.items()}
        row = {"class": label, "samples": each["samples"], **scores}
        if task.published_classes:
            row["published"] = worded(task.published_classes.get(label), 2)
        rows.append(row)
    return pd.DataFrame(rows).set_index("class")


def thin_classes(report: dict) -> dict[str, int]:
    """Return the classes with so few test samples that their own scores say little."""
    sizes = {label: each["samples"] for label, each in report["classes"].items()}
    return {label: size for label, size in sizes.items() if size < FEW}


def counts(manifest: Manifest, split: str) -> np.ndarray:
    """Return a split's samples of each label, int (classes,)."""
    samples = manifest.split(split).counts
    return np.array([samples.get(label, 0) for label in manifest.labels])
