"""Draws an endpoint's update: failed requests, alarms and states over time; calls no service."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots import COLORS, INK, WIDE

STATES = {"Updating": 4, "RollingBack": 1, "InService": 2}
"""Colors of the states that an update goes through."""


def update_timeline(rounds: pd.DataFrame, *, title: str) -> Figure:
    """Draw the share of failed requests over the time of an update, and what the endpoint did.

    Args:
        rounds: columns seconds, status, alarms, requests, failed, as `watch_update` gives them.
    """
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=WIDE, sharex=True, height_ratios=(3, 1)
    )  # fmt: skip
    share = rounds["failed"] / rounds["requests"]
    upper.plot(rounds["seconds"], 100 * share, "o-", color=COLORS[0], markersize=4)
    upper.set(title=title, ylabel="failed requests (%)", ylim=(-3, 103))
    ends = [*rounds["seconds"].iloc[1:], rounds["seconds"].iloc[-1]]
    _bars(lower, 1, rounds["seconds"], ends, rounds["status"])
    on = rounds["alarms"] != ""
    _bars(lower, 0, rounds["seconds"], ends, on.map({True: "ALARM", False: ""}))
    lower.set_yticks([1, 0], ["endpoint", "alarm"])
    lower.set(xlabel="seconds since the first request", ylim=(-0.5, 1.5))
    lower.grid(visible=False)
    return figure


def _bars(axes: Axes, height: int, starts: pd.Series, ends: list[float], words: pd.Series) -> None:
    """Draw one bar for each run of equal words, with the word in its middle."""
    runs = (words != words.shift()).cumsum()
    spans = pd.DataFrame({"start": starts, "end": ends, "word": words}).groupby(runs)
    for _, span in spans:
        word, start, end = span["word"].iloc[0], span["start"].iloc[0], span["end"].iloc[-1]
        if not word:
            continue
        color = COLORS[STATES.get(word, 5)]
        axes.barh(height, end - start, left=start, height=0.7, color=color, alpha=0.35)
        axes.plot([start, start], [height - 0.35, height + 0.35], color=color, linewidth=2)
        axes.text(start, height, f" {word}", color=INK, va="center", ha="left", fontsize=8)
