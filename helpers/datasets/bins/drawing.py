"""Draws a photo in a notebook, upright by its EXIF orientation; chooses none."""

import io

import numpy as np
from IPython.display import Image
from matplotlib.axes import Axes
from PIL import Image as Pictures
from PIL import ImageOps

from helpers import plots


def draw(data: bytes, title: str, axes: Axes) -> None:
    """Draw a photo."""
    axes.imshow(np.asarray(ImageOps.exif_transpose(Pictures.open(io.BytesIO(data)))))
    axes.axis("off")
    axes.set_title(plots.shown(title, plots.SENTENCE), fontsize=9)


def player(data: bytes) -> Image:
    """Return the photo, at a size that leaves room on the page."""
    return Image(data=data, width=320)
