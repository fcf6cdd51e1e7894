"""Scores of a classifier from arrays, and the lines that log them; knows no model or loader."""

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np

BINS = 10
"""Bands of equal width into which confidences are counted, from 0 to 1."""
NUMBER = r"([-+0-9.eE]+|nan|[-+]?inf)"


def confusion_matrix(target: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count the pairs: int64 (classes, classes), a row for each true class."""
    pairs = np.asarray(target, np.int64) * classes + np.asarray(predicted, np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def score_confusion(confusion: np.ndarray, labels: Sequence[str]) -> dict:
    """Return accuracy, macro recall and F1, recall by label, and RMSE where labels are counts.

    A class without samples has no recall (None) and takes no part in the macro scores.
    """
    right = np.diag(confusion).astype(float)
    actual, predicted = confusion.sum(1), confusion.sum(0)
    seen = actual > 0
    recall = right / np.maximum(actual, 1)
    f1 = 2 * right / np.maximum(actual + predicted, 1)
    scores = {
        "samples": int(confusion.sum()),
        "accuracy": float(right.sum() / max(confusion.sum(), 1)),
        "macro_recall": float(recall[seen].mean()) if seen.any() else 0.0,
        "macro_f1": float(f1[seen].mean()) if seen.any() else 0.0,
        "recall": {
            label: float(r) if s else None for label, r, s in zip(labels, recall, seen, strict=True)
        },
    }
    if all(label.isdecimal() for label in labels):
        scores["rmse"] = count_rmse(confusion, labels)
    return scores


def macro_recall_error(confusion: np.ndarray) -> float:
    """Return the standard error of a mean of recalls, for independent samples.

    The mean over K classes varies by sqrt(sum of the recalls' variances) / K. A recall's variance
    is that of Beta(right + 1, wrong + 1): it is not 0 where a class of four samples is all right,
    as p(1 - p)/n would be. Samples of one recording resemble each other: then it is a lower limit.
    Source: Gelman and others, Bayesian Data Analysis, 2013, section 2.4.
    """
    actual = confusion.sum(1)[confusion.sum(1) > 0]
    right = np.diag(confusion)[confusion.sum(1) > 0]
    share = (right + 1) / (actual + 2)
    variance = share * (1 - share) / (actual + 3)
    return float(np.sqrt(variance.sum()) / max(len(actual), 1))


def count_rmse(confusion: np.ndarray, labels: Sequence[str]) -> float:
    """Return the root mean square error, in items, of labels that are counts ('0', '1', …)."""
    counts = np.array([int(label) for label in labels], float)
    error = (counts[:, None] - counts[None, :]) ** 2
    return float(np.sqrt((confusion * error).sum() / max(confusion.sum(), 1)))


def roc_auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the ROC-AUC: the chance that a positive scores above a negative, ties counting half.

    Computed as the Mann-Whitney statistic; nan without a positive or without a negative.
    """
    positive = np.asarray(positive, bool)
    n, m = int(positive.sum()), int((~positive).sum())
    if not n or not m:
        return float("nan")
    values, index = np.unique(scores, return_inverse=True)
    count = np.bincount(index, minlength=len(values))
    rank = np.cumsum(count) - (count - 1) / 2
    return float((rank[index][positive].sum() - n * (n + 1) / 2) / (n * m))


def average_precision(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the average precision: precision averaged over recall steps, ties taken together."""
    positive = np.asarray(positive, bool)
    if not positive.any():
        return float("nan")
    order = np.argsort(-np.asarray(scores), kind="stable")
    hits = np.cumsum(positive[order])
    last = np.append(np.diff(np.asarray(scores)[order]) != 0, True)
    hits, taken = hits[last], np.flatnonzero(last) + 1
    return float((np.diff(hits, prepend=0) * hits / taken).sum() / positive.sum())


def score_classes(
    score: Callable[[np.ndarray, np.ndarray], float], probabilities: np.ndarray, target: np.ndarray
) -> np.ndarray:
    """Return each class's one-against-rest score, float (classes,); nan where it is undefined.

    Args:
        probabilities: float (samples, classes).
        target: int (samples,).
    """
    classes = range(probabilities.shape[1])
    return np.array([score(probabilities[:, c], target == c) for c in classes])


def mean_of_known(values: np.ndarray) -> float:
    """Return the mean of the values that are not nan; nan if all are."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def macro_over_classes(
    score: Callable[[np.ndarray, np.ndarray], float], probabilities: np.ndarray, target: np.ndarray
) -> float:
    """Average a one-against-rest score over the classes that have one.

    As in BirdCLEF: classes without a positive in `target` are left out.

    Args:
        probabilities: float (samples, classes).
        target: int (samples,).
    """
    return mean_of_known(score_classes(score, probabilities, target))


def score_probabilities(
    probabilities: np.ndarray, target: np.ndarray, labels: Sequence[str]
) -> dict:
    """Return all scores of a split: those of score_confusion, macro ROC-AUC and AP, calibration."""
    predicted = probabilities.argmax(1)
    return {
        **score_confusion(confusion_matrix(target, predicted, len(labels)), labels),
        "macro_auc": macro_over_classes(roc_auc, probabilities, target),
        "macro_ap": macro_over_classes(average_precision, probabilities, target),
        "loss": log_loss(probabilities, target),
        "calibration_error": calibration_error(calibration(probabilities, target)),
    }


def log_loss(probabilities: np.ndarray, target: np.ndarray) -> float:
    """Return the log loss: the mean negative logarithm of the true class's probability."""
    chosen = probabilities[np.arange(len(target)), target]
    return float(-np.log(np.clip(chosen, 1e-12, None)).mean())


def calibration(probabilities: np.ndarray, target: np.ndarray, bins: int = BINS) -> list[dict]:
    """Return, for each filled band of confidence, its samples, mean confidence and accuracy."""
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == target
    band = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        {
            "from": b / bins,
            "samples": int((band == b).sum()),
            "confidence": float(confidence[band == b].mean()),
            "accuracy": float(right[band == b].mean()),
        }
        for b in np.unique(band).tolist()
    ]


def calibration_error(bands: list[dict]) -> float:
    """Return the expected calibration error: the mean gap of confidence and accuracy."""
    total = sum(band["samples"] for band in bands)
    gaps = (band["samples"] * abs(band["confidence"] - band["accuracy"]) for band in bands)
    return sum(gaps) / max(total, 1)


def overconfidence(bands: list[dict]) -> float:
    """Return the mean of confidence minus accuracy: above 0 a model is overconfident."""
    total = sum(band["samples"] for band in bands)
    gaps = (band["samples"] * (band["confidence"] - band["accuracy"]) for band in bands)
    return sum(gaps) / max(total, 1)


END = "End of the log"
"""A job script's last line: without it, lines of a job's log are still on their way."""


def metric_line(**values: float) -> str:
    """Return `name=value; name=value;`, the form in which all jobs print their metrics."""
    return " ".join(
        f"{name}={value:.6g};" if isinstance(value, float) else f"{name}={value};"
        for name, value in values.items()
    )


def metric_definitions(names: Iterable[str]) -> list[dict]:
    """Return a training job's MetricDefinitions for names that `metric_line` prints."""
    return [{"Name": name, "Regex": rf"\b{name}={NUMBER};"} for name in names]


def read_metric_lines(lines: Iterable[str]) -> list[dict[str, float]]:
    """Return the metrics of each line of a log that has any."""
    readings = ({k: float(v) for k, v in re.findall(rf"\b(\w+)={NUMBER};", line)} for line in lines)
    return [metrics for metrics in readings if metrics]
