"""Draws samples of a data set in a notebook, as the data set draws each; chooses none."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from helpers import plots, score_plots
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
    down = max(1, -(-len(items) // max(1, int(columns * COLUMN / width))))
    across = max(1, -(-len(items) // down))  # as even as can be: six are two rows of three
    size = (width * across, height * down)
    figure, grid = plt.subplots(down, across, figsize=size, squeeze=False)
    images = [
        drawn.draw(data, title=title, axes=axes)
        for axes, (title, data) in zip(grid.flat, items, strict=False)
    ]
    for axes in grid.flat[len(items) :]:
        axes.set_visible(False)
    if images and images[0] is not None:
        plots.color_bar(images[0], list(grid.flat))
    return figure


def player(dataset: str, data: bytes) -> object:
    """Return an object that a notebook displays for one sample: an audio player, or a photo."""
    return load_dataset(dataset).player(data)


def show_answer(
    dataset: str,
    data: bytes,
    probabilities: dict[str, float],
    *,
    truth: str,
    names: Mapping[str, str] = plots.NO_NAMES,
) -> Figure:
    """Draw one sample beside a model's predicted probabilities.

    Args:
        truth: the sample's true label.
        names: labels in words, where there are any.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 3.2), width_ratios=(1, 1))
    title = f"Sent: {names.get(truth, truth)}"
    image = load_dataset(dataset).draw(data, title=title, axes=left)
    if image is not None:
        plots.color_bar(image, [left])
    score_plots.probabilities(probabilities, axes=right, truth=truth, names=names)
    return figure
