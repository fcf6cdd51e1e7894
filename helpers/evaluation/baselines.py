"""Tables of a report: scores with confidence intervals, beside baselines and published scores.

Takes a report (report.py) and a manifest; reads no file and draws nothing.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.datasets import load_dataset
from helpers.manifest import Manifest

FEW = 10
"""A class with fewer test samples has scores that mean little."""
NONE = "–"


def worded(entry: Mapping[str, float | None] | float | None, digits: int = 3) -> str:
    """Format a score: `0.912 (0.87 to 0.95)`, a plain number, or a dash."""
    if not isinstance(entry, Mapping):
        return NONE if entry is None else f"{entry:.{digits}f}"
    if entry["value"] is None:
        return NONE
    value = f"{entry['value']:.{digits}f}"
    if entry["low"] is None:
        return value
    return f"{value} ({entry['low']:.2f} to {entry['high']:.2f})"


def metrics_table(report: dict) -> pd.DataFrame:
    """Return a row for each score: its value and its 95 % confidence interval."""
    task = load_dataset(report["dataset"]).task
    rows = [
        (words, each["value"], each["low"], each["high"])
        for name, words in task.score_names.items()
        for each in [report["metrics"][name]]
    ]
    columns = ["score", "value", "95 % from", "to"]
    return pd.DataFrame(rows, columns=columns).set_index("score").astype(float)


def baseline_table(report: dict, manifest: Manifest) -> pd.DataFrame:
    """Return a table of the model, the baselines on its test split, and published results."""
    task = load_dataset(report["dataset"]).task
    train, test = (counts(manifest, split) for split in ("train", report["split"]))
    size = f"this test, {report['samples']} samples, split by groups"
    baselines = task.baselines(train, test, report["labels"])
    rows = [{"data": size, **baseline} for baseline in baselines]
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
    """Return a row for each class: samples, scores, and published scores if there are any."""
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
    """Return the classes with fewer than `FEW` test samples: {label: samples}."""
    sizes = {label: each["samples"] for label, each in report["classes"].items()}
    return {label: size for label, size in sizes.items() if size < FEW}


def counts(manifest: Manifest, split: str) -> np.ndarray:
    """Return the number of a split's samples of each label, int (classes,)."""
    samples = manifest.split(split).counts
    return np.array([samples.get(label, 0) for label in manifest.labels])
