"""Draws what monitoring found: distances of windows and the power to see a shift; no service."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots import COLORS, INK, WIDE

MOST = 6.0
"""Thresholds that the axis spans: a distance can be no larger than 1, a threshold is 0.1 to 0.5."""


def distances(tables: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw the distance of each feature in each window, in thresholds: beyond 1 a check fires.

    Args:
        tables: by window, rows of features with columns distance and threshold.
    """
    features = list(dict.fromkeys(name for table in tables.values() for name in table.index))
    figure, axes = plt.subplots(figsize=(WIDE[0], 0.34 * len(features) + 1.3))
    heights = {name: place for place, name in enumerate(reversed(features))}
    for number, (window, table) in enumerate(tables.items()):
        ratio = (table["distance"] / table["threshold"]).clip(upper=MOST)
        rows = [heights[name] + 0.14 * (number - (len(tables) - 1) / 2) for name in table.index]
        axes.plot(
            ratio, rows, "osD^vP"[number % 6], color=COLORS[number], label=window, markersize=6
        )
    axes.axvline(1, color=INK, linewidth=1.5)
    axes.set_yticks(list(heights.values()), list(heights))
    axes.set(title=title, xlabel="distance in thresholds", xlim=(-0.1, None))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def power(sizes: Sequence[float], curves: Mapping[str, Sequence[float]], *, title: str) -> Figure:
    """Draw the share of windows in which a shift is seen, by its size.

    Args:
        sizes: in standard deviations of the baseline.
        curves: shares by feature.
    """
    figure, axes = plt.subplots(figsize=WIDE)
    for number, (feature, shares) in enumerate(curves.items()):
        style = ("-", "--", ":")[number // len(COLORS) % 3]
        axes.plot(
            sizes, 100 * np.array(shares), f"o{style}", color=COLORS[number % len(COLORS)],
            label=feature, markersize=4,
        )  # fmt: skip
    axes.set(title=title, ylim=(-3, 103), ylabel="windows in which it is seen (%)")
    axes.set(xlabel="shift in standard deviations of the baseline")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def accuracies(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw each window's accuracy with its interval.

    Args:
        table: a row a window, columns accuracy, low and high.
    """
    figure, axes = plt.subplots(figsize=(WIDE[0], 0.4 * len(table) + 1.2))
    places = np.arange(len(table))[::-1]
    errors = [table["accuracy"] - table["low"], table["high"] - table["accuracy"]]
    axes.errorbar(table["accuracy"], places, xerr=errors, fmt="o", color=COLORS[0], capsize=4)
    axes.set_yticks(places, list(table.index))
    axes.set(title=title, xlabel="accuracy, with its 95 % interval", xlim=(-0.02, 1.02))
    axes.set_ylim(-0.6, len(table) - 0.4)
    return figure
