"""Draws and plays a recording in a notebook; chooses none."""

import base64

from IPython.display import HTML
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from helpers import plots
from helpers.media.audio import read_audio


def draw(data: bytes, title: str, axes: Axes) -> AxesImage:
    """Draw a recording as its spectrogram."""
    return plots.spectrogram(*read_audio(data), title=title, axes=axes)


def player(data: bytes) -> HTML:
    """Return a player of the browser's own, and a line for pages that leave players out."""
    # A browser detects the container from the bytes; the data set has OGG.
    source = base64.b64encode(data).decode()
    wave, rate = read_audio(data)
    sound = f"{len(wave) / rate:.1f} s of sound, {len(data) / 1000:.0f} kB"
    return HTML(
        f'<audio controls src="data:audio/ogg;base64,{source}"></audio>'
        f"<p>{sound}. Where no player is shown (GitHub leaves it out), open this page in Jupyter "
        "or VS Code to listen; the spectrogram above shows the same sound.</p>"
    )
