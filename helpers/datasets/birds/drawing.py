"""How a recording looks and sounds in a notebook; it draws bytes, and chooses none."""

import base64

from IPython.display import HTML
from matplotlib.axes import Axes

from helpers import plots
from helpers.media.audio import read_audio


def draw(data: bytes, title: str, axes: Axes) -> None:
    """Draw a recording as its spectrogram."""
    plots.spectrogram(*read_audio(data), title=title, axes=axes)


def player(data: bytes) -> HTML:
    """Return a player of the browser's own."""
    # A browser reads the container from the bytes; OGG is what the data set has.
    source = base64.b64encode(data).decode()
    return HTML(f'<audio controls src="data:audio/ogg;base64,{source}"></audio>')
