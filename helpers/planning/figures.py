"""The figures of a plan: dollars by mode, scaling, checkpoints; takes tables, computes no plan."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, StrMethodFormatter

from helpers.plots import COLORS, WIDE

PARTS = {"instances $": "instances", "storage $": "storage", "requests $": "requests"}
MARKS = ("o", "s", "^", "D", "v", "P", "X")


def dollars_by_mode(table: pd.DataFrame) -> Figure:
    """Draw the dollars of each mode for each size, in parts.

    Args:
        table: the table of a `Plan`.
    """
    sizes = table["GB"].unique()
    figure, places = plt.subplots(
        1, len(sizes), figsize=(WIDE[0] * 1.15, 1.2 * WIDE[1]), sharey=True, squeeze=False
    )
    for axes, size in zip(places[0], sizes, strict=True):
        rows = table[table["GB"] == size].iloc[::-1]
        left = np.zeros(len(rows))
        for color, (part, words) in zip(COLORS, PARTS.items(), strict=False):
            axes.barh(rows["mode"], rows[part].fillna(0), left=left, color=color, label=words)
            left += rows[part].fillna(0).to_numpy()
        for at, value in enumerate(left):
            words = f"{value:,.0f}" if value else rows["note"].iloc[at]
            axes.annotate(words, (value, at), (3, 0), **_beside())
        axes.set(title=size_words(size), xlabel="dollars")
        axes.set_xlim(0, 1.3 * left.max())
        axes.xaxis.set_major_locator(plt.MaxNLocator(3))
        axes.grid(axis="y", visible=False)
    figure.suptitle("What training costs, by where the data lies", x=0.01, ha="left", fontsize=10)
    figure.legend(*places[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def size_words(gigabytes: float) -> str:
    """Return a size in words: GB, or TB from 1000 GB on."""
    return f"{gigabytes / 1000:g} TB" if gigabytes >= 1000 else f"{gigabytes:g} GB"


def _beside() -> dict:
    return {"textcoords": "offset points", "va": "center", "fontsize": 7}


def reading(rows: pd.DataFrame, *, title: str) -> Figure:
    """Draw seconds to the first batch and samples a second, by mode and network.

    Args:
        rows: columns mode, network, `to first batch s` and `samples a second`.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=WIDE, sharey=True)
    modes, networks = list(rows["mode"].unique()), list(rows["network"].unique())
    height = 0.8 / len(networks)
    for number, network in enumerate(networks):
        each = rows[rows["network"] == network].set_index("mode").reindex(modes)
        at = np.arange(len(modes))[::-1] - number * height
        for axes, column in ((left, "to first batch s"), (right, "samples a second")):
            axes.barh(at, each[column], height, color=COLORS[number], label=network)
    left.set_yticks(np.arange(len(modes))[::-1] - height * (len(networks) - 1) / 2, modes)
    left.set(title=title, xlabel="to the first batch (s)")
    right.set(xlabel="samples a second")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    for axes in (left, right):
        axes.grid(axis="y", visible=False)
    return figure


def allreduce_points(points: pd.DataFrame, held: pd.DataFrame, *, title: str) -> Figure:
    """Draw measured against predicted seconds of all-reduce; on the line they are equal.

    Args:
        points: the fitted ones, with the columns seconds and model.
        held: those of the bandwidth that was held back.
    """
    figure, axes = plt.subplots(figsize=(WIDE[0] * 0.7, WIDE[1]))
    both = pd.concat([points, held])
    ends = (
        both[["seconds", "model"]].min().min() * 0.8,
        both[["seconds", "model"]].max().max() * 1.25,
    )
    axes.plot(ends, ends, color=COLORS[7], linewidth=1)
    axes.plot(points["seconds"], points["model"], "o", color=COLORS[0], label="fitted")
    axes.plot(held["seconds"], held["model"], "^", color=COLORS[5], markersize=8, label="held back")
    axes.set(title=title, xscale="log", yscale="log", xlabel="measured (s)", ylabel="model (s)")
    axes.set(xlim=ends, ylim=ends)
    for axis in (axes.xaxis, axes.yaxis):
        _plain(axis, [0.1, 0.3, 1, 3, 10, 30])
    axes.legend(loc="upper left")
    return figure


def speedup_curves(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw the speedup over the instances, a line for each type.

    Args:
        table: as `scaling.speedups` returns it.
    """
    figure, axes = plt.subplots(figsize=WIDE)
    counts = np.sort(table["instances"].unique())
    axes.plot(counts, counts, color=COLORS[7], linewidth=1, label="ideal, SMDDP at its best")
    for number, (name, rows) in enumerate(table.groupby("instance type", sort=False)):
        style = {"color": COLORS[number], "marker": MARKS[number], "markersize": 5}
        axes.plot(rows["instances"], rows["NCCL"], label=f"{name}, NCCL", **style)
    axes.set(title=title, xlabel="instances", ylabel="times one instance")
    axes.set_xticks(counts)
    axes.legend(loc="upper left")
    return figure


def checkpoint_periods(table: pd.DataFrame, best: float, *, title: str) -> Figure:
    """Draw expected and simulated hours over the checkpoints' period.

    Args:
        table: as `spot.periods` returns it.
        best: the formula's period, in seconds.
    """
    figure, axes = plt.subplots(figsize=WIDE)
    minutes = table["period s"] / 60
    axes.plot(minutes, table["expected s"] / 3600, color=COLORS[0], label="by the formula")
    errors = 2 * table["standard error"] / 3600
    bars = {"fmt": "s", "color": COLORS[5], "capsize": 3, "label": "simulated, 2 standard errors"}
    axes.errorbar(minutes, table["simulated s"] / 3600, errors, **bars)
    axes.axvline(best / 60, color=COLORS[7], linestyle="--", label="Daly's period")
    axes.set(title=title, xlabel="minutes between checkpoints (log scale)", xscale="log")
    axes.set(ylabel="billed hours")
    _plain(axes.xaxis, [1, 2, 5, 10, 20, 50, 100])
    axes.legend(loc="upper center", bbox_to_anchor=(0.62, 1))
    return figure


def _plain(axis: Axis, ticks: list[float]) -> None:
    """Put plain numbers at a log axis: mathematical letters are off in the course's style."""
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def bars(values: pd.Series, *, title: str, xlabel: str, ax: Axes | None = None) -> Figure:
    """Draw a bar for each value, the largest first, with its number.

    Args:
        values: by name.
    """
    axes = ax or plt.subplots(figsize=(WIDE[0], 0.8 + 0.32 * len(values)))[1]
    shown = values.sort_values()
    axes.barh(shown.index, shown, color=COLORS[0])
    for at, value in enumerate(shown):
        axes.annotate(f"{value:.3f}", (value, at), (3, 0), **_beside())
    axes.set(title=title, xlabel=xlabel)
    axes.set_xlim(0, 1.15 * max(shown.max(), 1e-9))
    axes.grid(axis="y", visible=False)
    return axes.figure
