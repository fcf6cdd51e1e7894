"""Decodes the photo of a request, JPEG or PNG, upright; knows bytes and pixels, no data sets.

A stored sample is a JPEG always (images.py); a client may have something else.
"""

import io
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps

from helpers.media import images
from helpers.samples import Unreadable

MAX_PNG_PIXELS = 25_000_000
"""A PNG is decoded whole, as 4 bytes a pixel; of even color, 6 MB hold billions."""
_PNG = b"\x89PNG\r\n\x1a\n"
_SIZE_AT, _SIZE_END = 16, 24
"""Width and height lie in the first chunk (PNG specification, 11.2.1)."""
_FAULTS = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
"""What Pillow raises for a damaged PNG."""


def upright(data: bytes, least: int) -> np.ndarray:
    """Return a photo's upright pixels, uint8 (H, W, 3), of a JPEG reduced as images.upright does.

    Raises:
        Unreadable: another format, truncated, corrupt, transparent, or of an extreme size.
    """
    if not data.startswith(_PNG):
        read = images.header(data)
        images.check_shape(*read.size)
        return images.upright(data, least, read)
    if len(data) < _SIZE_END:
        raise Unreadable(f"truncated PNG: {len(data)} bytes, then it ends")
    width, height = struct.unpack(">II", data[_SIZE_AT:_SIZE_END])
    if width * height > MAX_PNG_PIXELS:
        raise Unreadable(
            f"too large: {width}x{height} pixels, {MAX_PNG_PIXELS:,} are a PNG's limit"
        )
    images.check_shape(width, height)
    try:
        return _read_png(data)
    except Unreadable:
        raise
    except _FAULTS as error:
        raise Unreadable(f"truncated or corrupt PNG: {error}") from error


def _read_png(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        if not image.tile:
            raise Unreadable("truncated or corrupt PNG: it has no pixels")
        image.verify()  # the checksums, which decoding skips
    with (
        warnings.catch_warnings(action="ignore"),  # of an EXIF tag that is cut off
        Image.open(io.BytesIO(data), formats=["PNG"]) as image,
    ):
        turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I"):  # 16 bits of gray: Pillow would cut off all above 255
        gray = (np.asarray(turned) >> 8).astype(np.uint8)
        return np.repeat(gray[:, :, None], 3, axis=2)
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        if turned.getextrema()[3][0] < 255:
            raise Unreadable("a PNG with transparent parts: a photo has none")
    return np.array(turned.convert("RGB"))
