"""Figures of searches: the objective trial by trial, and the hyperparameters of the trials.

Takes trials, ranges and replayed searches, calls no service; colors and sizes come from `plots`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.figure import Figure

from helpers.plots import COLORS, INK, MAP, WIDE
from helpers.tuning.space import ends_of, position, search_space
from helpers.tuning.trials import Trial, best_of

MARKERS = "os^D"


def history(
    searches: Mapping[str, Sequence[Trial]],
    *,
    objective: str,
    default: float | None = None,
    maximize: bool = True,
) -> Figure:
    """Draw each search's objective, trial by trial, with the best so far as a line.

    Args:
        default: the objective of the default settings, for comparison.
    """
    figure, axes = plt.subplots(figsize=WIDE)
    for index, (name, trials) in enumerate(searches.items()):
        color, marker = COLORS[index], MARKERS[index % len(MARKERS)]
        numbers = np.arange(1, len(trials) + 1)
        values = np.array([math.nan if trial.value is None else trial.value for trial in trials])
        best = (np.fmax if maximize else np.fmin).accumulate(values)
        axes.plot(numbers, values, marker, color=color, alpha=0.55, markersize=6)
        axes.step(numbers, best, where="post", color=color, label=f"{name}, best so far")
    if default is not None:
        axes.axhline(default, color=INK, linestyle="--", linewidth=1, label="default settings")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set(title="Trial by trial", xlabel="trial", ylabel=objective.replace("_", " "))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def strategies(results: pd.DataFrame, *, objective: str, best: float) -> Figure:
    """Draw the median of each strategy's finds by trial, with a band from 10 to 90 % of the seeds.

    Args:
        results: of `replay.replay`.
        best: what the best combination has.
    """
    figure, axes = plt.subplots(figsize=WIDE)
    for index, (name, rows) in enumerate(results.groupby("strategy", sort=False)):
        low, middle, high = (rows.groupby("trial")["found"].quantile(q) for q in (0.1, 0.5, 0.9))
        axes.fill_between(low.index, low, high, color=COLORS[index], alpha=0.2, linewidth=0)
        label = f"{name}, {rows['seed'].nunique()} seeds"
        axes.plot(middle.index, middle, color=COLORS[index], marker=MARKERS[index], label=label)
    axes.axhline(best, color=INK, linestyle="--", linewidth=1, label="best combination")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set(title="Found after each trial", xlabel="trial", ylabel=objective.replace("_", " "))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def parallel_coordinates(
    trials: Sequence[Trial], ranges: Mapping[str, Any], *, objective: str, maximize: bool = True
) -> Figure:
    """Draw each trial as a line over its hyperparameters, the brighter the better.

    Trials without an objective are left out; the title says how many.

    Args:
        ranges: the SDK's ranges by name.
    """
    space = search_space(ranges)
    shown = [trial for trial in trials if trial.value is not None]
    values = [trial.value for trial in shown]
    norm = Normalize(min(values), max(values))
    colors = _colors(maximize)
    figure, axes = plt.subplots(figsize=WIDE)
    best = best_of(shown, maximize)
    for trial in sorted(shown, key=lambda trial: trial is best):
        heights = [position(each, trial.params[name]) for name, each in space.items()]
        heights.append(float(norm(trial.value)) if norm.vmin < norm.vmax else 0.5)
        width = 3.5 if trial is best else 1.6
        axes.plot(heights, color=colors(norm(trial.value)), linewidth=width, marker="o")
    ends = [ends_of(each) for each in space.values()]
    _label(axes, list(space), [*ends, (f"{norm.vmin:.3f}", f"{norm.vmax:.3f}")], objective)
    left_out = len(trials) - len(shown)
    note = f", {left_out} without an objective left out" if left_out else ""
    axes.set_title(f"{len(shown)} trials{note}; the best is the thick line")
    mappable = plt.cm.ScalarMappable(norm, colors)
    figure.colorbar(mappable, ax=axes, label=objective.replace("_", " "), pad=0.02)
    return figure


def _colors(maximize: bool) -> Colormap:
    """Return the course's color map without its ends, which a page may swallow, white or dark."""
    shades = plt.get_cmap(MAP)(np.linspace(0.25, 0.85, 256))
    return ListedColormap(shades if maximize else shades[::-1])


def _label(axes: Axes, names: list[str], ends: list[tuple[str, str]], objective: str) -> None:
    axes.set(
        ylim=(-0.18, 1.18), yticks=[], xlim=(-0.3, len(names) + 0.3), ylabel="range, low to high"
    )
    axes.set_xticks(range(len(names) + 1), [*names, objective.replace("_", " ")])
    for index, (low, high) in enumerate(ends):
        axes.axvline(index, color=INK, linewidth=0.8, zorder=0)
        axes.text(index, -0.06, low, ha="center", va="top", fontsize=8)
        axes.text(index, 1.06, high, ha="center", va="bottom", fontsize=8)
    axes.spines[["left", "bottom"]].set_visible(False)
