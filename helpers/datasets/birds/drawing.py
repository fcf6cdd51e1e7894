"""Draws and plays a recording in a notebook; chooses none."""

import base64

from IPython.display import HTML
from matplotlib.axes import Axes

from helpers import plots
from helpers.media.audio import read_audio


def draw(data: bytes, title: str, axes: Axes) -> None:
    """Draw a recording as its spectrogram."""
    plots.spectrogram(*read_audio(data), title=title, axes=axes)


def player(data: bytes) -> HTML:
    """Return the browser's audio player with a recording."""
    # A browser detects the container from the bytes; the data set has OGG.
    source = base64.b64encode(data).decode()
    return HTML(f'<audio controls src="data:audio/ogg;base64,{source}"></audio>')
