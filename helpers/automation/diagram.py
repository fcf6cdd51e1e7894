"""An execution of a pipeline as a picture: its steps with their states and seconds; starts none."""

import re
import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from helpers.automation.step_graph import Node
from helpers.plots import COLORS, INK

WIDTH, HEIGHT, ROW = 0.8, 0.72, 0.9
"""Of a box, and from row to row, where a column is 1 wide."""
INCHES = 1.3
"""Of a column."""
LINE, LINES = 13, 2
"""Most characters of a line of a step's name, and most lines."""
STATES = {
    "Succeeded": ("✓", COLORS[0]),
    "Failed": ("✗", COLORS[5]),
    "Stopped": ("■", COLORS[5]),
    "Executing": ("…", COLORS[1]),
}
"""By a step's status: a sign, which also tells it without color, and the color of the box."""
NOT_RUN = ("–", INK)


def draw(graph: Sequence[Node], steps: pd.DataFrame, *, title: str) -> Figure:
    """Draw the steps of an execution from left to right, each with its state and its seconds.

    Args:
        graph: as `read_graph` returns it.
        steps: a row for each step that has begun: step, status and seconds (NaN while it runs).
    """
    columns = max(node.column for node in graph) + 1
    rows = max(node.row for node in graph) + 1
    figure, axes = plt.subplots(figsize=(INCHES * columns, 0.7 + 0.75 * rows))
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(ROW * (rows - 0.5), -ROW / 2), title=title)
    axes.axis("off")
    states = {row.step: (row.status, row.seconds) for row in steps.itertuples()}
    height = {node.column: 0 for node in graph}
    for node in graph:
        height[node.column] += 1
    places = {
        node.name: (
            node.column,
            ROW * (node.row + (rows - height[node.column]) / 2),
        )
        for node in graph
    }
    for node in graph:
        for before in node.after:
            _arrow(axes, places[before], places[node.name])
        _box(axes, node, places[node.name], *states.get(node.name, ("not run", None)))
    return figure


def _box(
    axes: Axes, node: Node, place: tuple[float, float], status: str, seconds: float | None
) -> None:
    sign, color = STATES.get(status, NOT_RUN)
    x, y = place
    began = status != "not run"
    box = FancyBboxPatch(
        (x - WIDTH / 2, y - HEIGHT / 2), WIDTH, HEIGHT, boxstyle="round,pad=0,rounding_size=0.06",
        edgecolor=color, facecolor="none", linewidth=2 if began else 1,
        linestyle="-" if began else "--",
    )  # fmt: skip
    axes.add_patch(box)
    words = status if seconds is None or pd.isna(seconds) else f"{seconds:,.0f} s"
    axes.text(x, y - 0.11, lines_of(node.name), ha="center", va="center", size="small")
    axes.text(x, y + 0.22, f"{sign} {words}", ha="center", va="center", size="small", color=color)


def lines_of(name: str) -> str:
    """Return a step's name in lines that fit into its box, parted before its capitals."""
    words = " ".join(re.findall(r"[A-Z]?[^A-Z\s\-]+|[A-Z]+", name))
    lines = textwrap.wrap(words, LINE, max_lines=LINES, placeholder=" …")
    return "\n".join(lines)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate(
        "", (end[0] - WIDTH / 2, end[1]), (start[0] + WIDTH / 2, start[1]),
        arrowprops={"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
