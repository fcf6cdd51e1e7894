"""Changes photos as a worn lamp or a moved camera would, for rehearsals of drift; no files."""

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

LIGHT = 0.35
"""Of the lamp, as a share of what it was."""
BLUR = 0.02
"""Radius of the blur, as a share of the shorter side."""
QUALITY = 90


def _changed(data: bytes, change: Callable[[Image.Image], Image.Image]) -> bytes:
    """Return a photo after a change of its upright pixels, as a JPEG."""
    with Image.open(io.BytesIO(data)) as photo:
        upright = ImageOps.exif_transpose(photo).convert("RGB")
    out = io.BytesIO()
    change(upright).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def dark(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a photo taken under a lamp that is going out."""
    light = LIGHT * rng.uniform(0.8, 1.2)
    return _changed(data, lambda photo: ImageEnhance.Brightness(photo).enhance(light))


def blurred(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a photo taken through a dirty or misfocused lens."""
    radius = BLUR * rng.uniform(0.8, 1.2)
    return _changed(
        data, lambda photo: photo.filter(ImageFilter.GaussianBlur(radius * min(photo.size)))
    )


def turned(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a photo of a camera that was mounted with a quarter turn."""
    return _changed(data, lambda photo: photo.transpose(Image.Transpose.ROTATE_90))


SHIFTS: Mapping[str, Callable[[bytes, np.random.Generator], bytes]] = MappingProxyType(
    {"dark": dark, "blurred": blurred, "turned": turned}
)
