"""Figures of a classifier's scores: learning curve, confusion matrix, calibration, one prediction.

Takes arrays and frames, calls no service; colors and sizes come from `plots`.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots import COLORS, INK, NO_NAMES, WIDE, count_grid, in_order, shown


def learning_curve(history: pd.DataFrame, *, title: str, chance: float | None = None) -> Figure:
    """Draw loss and accuracy of training and validation over the epochs.

    Args:
        history: columns `epoch`, `train_loss`, `validation_loss`, `validation_accuracy`.
        chance: accuracy of always naming the largest class.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=WIDE)
    for number, split in enumerate(("train", "validation")):
        left.plot(history["epoch"], history[f"{split}_loss"], color=COLORS[number], label=split)
    right.plot(history["epoch"], history["validation_accuracy"], color=COLORS[1])
    best = history.loc[history["validation_loss"].idxmin()]
    for axes, name in ((left, "validation_loss"), (right, "validation_accuracy")):
        axes.plot(best["epoch"], best[name], "o", color=COLORS[1], label="lowest validation loss")
    left.set(title=title, xlabel="epoch", ylabel="cross-entropy", ylim=(0, None))
    left.legend(fontsize=8)
    if chance is not None:
        right.axhline(chance, color=INK, linestyle="--", linewidth=1)
        right.text(history["epoch"].max(), chance, "largest class ", ha="right", va="bottom")
    right.set(title="Validation accuracy", xlabel="epoch", ylabel="accuracy", ylim=(0, 1.02))
    for axes in (left, right):
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def confusion(
    matrix: np.ndarray, labels: Sequence[str], *, title: str, names: Mapping[str, str] = NO_NAMES
) -> Figure:
    """Draw a confusion matrix: counts, colored by their share of the row.

    Args:
        matrix: (classes, classes) counts, rows the truth.
        names: labels in words, for the rows.
    """
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    size, codes = 2.2 + 0.5 * len(labels), [shown(label) for label in labels]
    rows = [shown(names.get(label, label)) for label in labels]
    room = 0.07 * max(map(len, rows), default=0)
    figure, axes = plt.subplots(figsize=(size + 1 + room, size))
    count_grid(
        pd.DataFrame(share, rows, codes), axes, annot=matrix, fmt=",d", vmin=0, vmax=1, square=True,
        xticklabels=codes, yticklabels=rows, cbar_kws={"label": "share of the true class"},
    )  # fmt: skip
    axes.tick_params(axis="y", rotation=0)
    axes.tick_params(axis="x", rotation=45 if max(map(len, codes), default=0) > 3 else 0)
    axes.set(title=title, xlabel="predicted", ylabel="true")
    return figure


def reliability(
    bands: Sequence[Mapping[str, float]], *, error: float, title: str, bins: int = 10
) -> Figure:
    """Draw a reliability diagram: accuracy by confidence, and the number of samples of each band.

    Args:
        bands: of metrics.calibration, each with `low` and `high`, its accuracy's interval.
        error: expected calibration error (ECE), as a share.
        bins: of equal width, in which it was counted; those without a sample have no band.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=WIDE)
    sure, hit = ([band[name] for band in bands] for name in ("confidence", "accuracy"))
    low, high = ([band[name] for band in bands] for name in ("low", "high"))
    left.plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=1)
    left.vlines(sure, low, high, color=COLORS[0], linewidth=1.5)
    left.plot(sure, hit, "o", color=COLORS[0], markersize=5)
    left.set(
        title=title,
        xlabel="confidence (dashed: as sure as right)",
        ylabel="accuracy, 95 % interval",
    )
    left.set(xlim=(0, 1.02), ylim=(0, 1.02))
    edges, counts = [band["from"] for band in bands], [band["samples"] for band in bands]
    bars = right.bar(edges, counts, width=0.9 / bins, align="edge", color=COLORS[0])
    right.bar_label(bars, fontsize=8)
    size = f"{bins} bins, n = {sum(counts):,}"
    right.set(title=f"Calibration error (ECE) {error:.3f}", xlabel=f"confidence ({size})")
    right.set(ylabel="samples", xlim=(0, 1.02))
    return figure


def probabilities(
    values: Mapping[str, float],
    *,
    axes: Axes,
    truth: str | None = None,
    names: Mapping[str, str] = NO_NAMES,
) -> Axes:
    """Draw predicted probabilities; the true class has its own color and word."""
    labels = in_order(values)
    texts = [shown(names.get(label, label)) for label in labels]
    colors = [COLORS[2] if label == truth else COLORS[0] for label in labels]
    heights = [values[label] for label in labels]
    bars = axes.barh(range(len(texts)), heights, tick_label=texts, color=colors)
    ends = [f"{values[x]:.2f}" + "  true class" * (x == truth) for x in labels]
    axes.bar_label(bars, ends, padding=3, fontsize=8)
    axes.set(title="Answer", xlabel="probability", xlim=(0, 1.3), ylabel="")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    return axes
