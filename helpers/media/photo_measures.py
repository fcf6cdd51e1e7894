"""Measures a photo as it came: light, sharpness, size, turn; knows pixels, no items."""

import io

import numpy as np
from PIL import Image

from helpers.media import images, photos

SIDE = 128
"""Photos are measured at one size, so that a larger one is not a sharper one."""
_GRAY = np.array([0.299, 0.587, 0.114], np.float32)
"""Luma: ITU-R BT.601."""


def measure(data: bytes) -> dict[str, float]:
    """Return what is measured of one JPEG or PNG, by name.

    brightness and contrast (mean and standard deviation of the luma, 0 to 1), sharpness (decadic
    logarithm of the variance of the Laplacian), megapixels, aspect (width over height, upright) and
    turn (logarithm of vertical over horizontal differences: its sign changes by a quarter turn).

    Raises:
        Unreadable: another format, truncated, corrupt, or of an extreme size.
    """
    pixels = photos.upright(data, SIDE)
    with Image.open(io.BytesIO(data)) as photo:
        width, height = photo.size
    if (width > height) != (pixels.shape[1] > pixels.shape[0]) and width != height:
        width, height = height, width
    gray = images.resize(pixels, SIDE) @ _GRAY / 255
    down, across = np.diff(gray, axis=0), np.diff(gray, axis=1)
    middle = gray[1:-1, 1:-1]
    around = gray[:-2, 1:-1] + gray[2:, 1:-1] + gray[1:-1, :-2] + gray[1:-1, 2:]
    return {
        "brightness": float(gray.mean()),
        "contrast": float(gray.std()),
        "sharpness": float(np.log10((around - 4 * middle).var() + 1e-8)),
        "megapixels": width * height / 1e6,
        "aspect": width / height,
        "turn": float(np.log((np.square(down).mean() + 1e-8) / (np.square(across).mean() + 1e-8))),
    }
