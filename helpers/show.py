"""Shows samples of either data set in a notebook: sound as spectrograms, photos as photos."""

import base64
import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from helpers import plots


def show_samples(dataset: str, items: Sequence[tuple[str, bytes]], *, columns: int = 2) -> Figure:
    """Draw a few samples.

    Args:
        dataset: `birds` or `bins`.
        items: a title and the bytes of a recording or photo for each.
    """
    if dataset == "birds":
        from helpers.media.audio import read_audio

        clips = [(title, *read_audio(data)) for title, data in items]
        return plots.spectrogram_grid(clips, columns=columns)
    return _photos(items, columns=2 * columns)


def _photos(items: Sequence[tuple[str, bytes]], *, columns: int) -> Figure:
    rows = -(-len(items) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(2.3 * columns, 2.4 * rows), squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, (title, data) in zip(grid.flat, items, strict=False):
        axes.imshow(_pixels(data))
        axes.set_title(plots.shown(title, plots.SENTENCE), fontsize=9)
    return figure


def _pixels(data: bytes) -> np.ndarray:
    """Return a photo, upright as its camera says, as uint8 (height, width, 3)."""
    from PIL import Image, ImageOps

    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))


def player(dataset: str, data: bytes) -> object:
    """Return what a notebook shows for one sample as it is: an audio player or the photo."""
    from IPython.display import HTML, Image

    if dataset == "bins":
        return Image(data=data, width=320)
    # A browser reads the container from the bytes; OGG is what the data set has.
    source = base64.b64encode(data).decode()
    return HTML(f'<audio controls src="data:audio/ogg;base64,{source}"></audio>')


def show_answer(
    dataset: str, data: bytes, probabilities: dict[str, float], *, truth: str
) -> Figure:
    """Draw one sample beside what a model answered.

    Args:
        truth: the label that the sample really has.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.2), width_ratios=(3, 2))
    if dataset == "birds":
        from helpers.media.audio import read_audio

        plots.spectrogram(*read_audio(data), title=f"Sent: {truth}", axes=left)
    else:
        left.imshow(_pixels(data))
        left.axis("off")
        left.set_title(plots.shown(f"Sent: {truth} items"))
    plots.probabilities(probabilities, axes=right, truth=truth)
    return figure
