"""Draws the curves of training runs over time, with their interruptions; calls no service."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots import COLORS, WIDE


def run_curves(runs: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw validation loss and accuracy over the seconds of runs; a band is an interruption.

    Args:
        runs: for each run's name its timeline: `at`, `event`, `validation_loss`,
            `validation_accuracy`.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=WIDE)
    for color, (name, lines) in zip(COLORS, runs.items(), strict=False):
        epochs = lines[lines["event"] == "epoch"]
        for axes, metric in ((left, "validation_loss"), (right, "validation_accuracy")):
            axes.plot(epochs["at"], epochs[metric], "o-", color=color, label=name, markersize=4)
            for begin, end in interruptions(lines):
                axes.axvspan(begin, end, color=color, alpha=0.2, linewidth=0)
    left.set(title=title, xlabel="seconds since the job's creation", ylabel="validation loss")
    right.set(title="Validation accuracy", xlabel="seconds since the job's creation")
    right.set(ylabel="accuracy", ylim=(0, 1.02))
    left.set(xlim=(0, None), ylim=(0, None))
    right.set(xlim=(0, None))
    right.legend(fontsize=8, loc="lower right")
    return figure


def interruptions(lines: pd.DataFrame) -> list[tuple[float, float]]:
    """Return when each interruption began and ended: the last line before it, and the next step."""
    spans = []
    for row in lines.index[lines["event"] == "resumed"]:
        steps = lines[(lines.index > row) & (lines["event"] == "first step")]
        if row and len(steps):
            spans.append((lines["at"][row - 1], steps["at"].iloc[0]))
    return spans


def step_shares(profiles: Mapping[str, Mapping[str, object]], *, title: str) -> Figure:
    """Draw the milliseconds of a step's phases, a bar for each profile.

    Args:
        profiles: by name, as profile.json has them: `seconds_per_step` and `shares`.
    """
    figure, axes = plt.subplots(figsize=(WIDE[0], 1.2 + 0.5 * len(profiles)))
    first = next(iter(profiles.values()))
    left = [0.0] * len(profiles)
    for color, phase in zip(
        COLORS, [p for p in first["shares"] if p != "all-reduce"], strict=False
    ):
        widths = [1000 * p["seconds_per_step"] * p["shares"][phase] for p in profiles.values()]
        axes.barh(range(len(profiles)), widths, left=left, color=color, label=phase)
        left = [begin + width for begin, width in zip(left, widths, strict=True)]
    axes.set_yticks(range(len(profiles)), list(profiles))
    axes.set(title=title, xlabel="milliseconds of a step")
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.legend(fontsize=8, ncols=3, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure
