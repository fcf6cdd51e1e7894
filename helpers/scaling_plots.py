"""Draws an endpoint's load, its instances and its times over the minutes; calls no service."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots import COLORS, WIDE


def scaling_timeline(minutes: pd.DataFrame, *, title: str) -> Figure:
    """Draw the load of each minute with the instances, and below it the times of the answers.

    Args:
        minutes: columns load, running, p50 ms and p99 ms, a row a minute, as `drive` returns them.
    """
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(WIDE[0], 1.4 * WIDE[1]), sharex=True)
    at = range(len(minutes))
    upper.bar(at, minutes["load"], color=COLORS[0], alpha=0.35, label="load (times the target)")
    upper.step(at, minutes["running"], where="mid", color=COLORS[5], linewidth=2, label="instances")
    upper.set(title=title, ylabel="load, instances")
    lower.plot(at, minutes["p99 ms"], "^-", color=COLORS[1], markersize=3, label="p99")
    lower.plot(at, minutes["p50 ms"], "o-", color=COLORS[2], markersize=3, label="p50")
    lower.set(xlabel="minute", ylabel="answer after (ms)")
    for axes in (upper, lower):
        axes.set_ylim(0, 1.3 * axes.get_ylim()[1])  # room for the legend
        axes.legend(loc="upper right", ncols=2)
    return figure
