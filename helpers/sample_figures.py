"""Draws samples of a data set in a notebook, as the data set draws each; chooses none."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from helpers import plots
from helpers.datasets import load_dataset

COLUMN = 4.6
"""Width of a column in inches; several narrow panels share one."""


def show_samples(dataset: str, items: Sequence[tuple[str, bytes]], *, columns: int = 2) -> Figure:
    """Draw a few samples in a grid.

    Args:
        dataset: the data set's name.
        items: (title, bytes of a raw object or stored sample) of each.
    """
    drawn = load_dataset(dataset)
    width, height = drawn.panel
    across = max(1, int(columns * COLUMN / width))
    down = -(-len(items) // across)
    size = (width * across, height * down)
    figure, grid = plt.subplots(down, across, figsize=size, squeeze=False)
    for axes, (title, data) in zip(grid.flat, items, strict=False):
        drawn.draw(data, title=title, axes=axes)
    for axes in grid.flat[len(items) :]:
        axes.set_visible(False)
    return figure


def player(dataset: str, data: bytes) -> object:
    """Return an object that a notebook displays for one sample: an audio player, or a photo."""
    return load_dataset(dataset).player(data)


def show_answer(
    dataset: str, data: bytes, probabilities: dict[str, float], *, truth: str
) -> Figure:
    """Draw one sample beside a model's predicted probabilities.

    Args:
        truth: the sample's true label.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.2), width_ratios=(3, 2))
    sent = load_dataset(dataset)
    sent.draw(data, title=f"Sent: {sent.worded(truth)}", axes=left)
    plots.probabilities(probabilities, axes=right, truth=truth)
    return figure
