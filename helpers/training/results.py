"""Writes a training run's results: metrics, and a line for each test sample; computes none."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from helpers.training.evaluation import Evaluation

RESULTS, PREDICTIONS = "metrics.json", "predictions.csv"


def write_results(
    folder: Path, results: dict, labels: Sequence[str], test: Evaluation | None
) -> None:
    """Write metrics.json (results, labels, confusion) and predictions.csv (a line a sample).

    Args:
        test: None if the test failed: then neither confusion nor predictions are written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    results = {**results, "labels": list(labels)}
    if test is not None:
        results |= {"confusion": test.confusion.tolist()}
    (folder / RESULTS).write_text(json.dumps(results, indent=1))
    if test is None:
        return
    with (folder / PREDICTIONS).open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["key", "label", *labels])
        for key, target, row in zip(test.keys, test.targets, test.probabilities, strict=True):
            rows.writerow([key, labels[target], *(f"{p:.6f}" for p in row)])
