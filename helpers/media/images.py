"""Decodes, checks and resizes JPEG photos; knows bytes and pixels, no data sets and no S3."""

import io
import re
import struct
import warnings
from dataclasses import dataclass

import numpy as np
import simplejpeg
from PIL import ExifTags, Image

from helpers.samples import Unreadable

MIN_SIDE = 32
"""Pixels; in a smaller photo an item can't be told from its neighbors."""
MAX_PIXELS = 80_000_000
"""A header that claims more is a decompression bomb or a panorama, not a photo of a bin; Pillow
warns from 89 million on."""
MAX_SCANNED = 1_000_000_000
"""Pixels times scans: each scan of a progressive JPEG goes over all of its pixels once more."""
MAX_ASPECT = 4.0
"""Long side over short side; real photos of bins lie between 0.6 and 1.7."""
_SCAN = re.compile(b"\xff\xda")
"""The marker of a scan; an expression finds all in half the time of bytes.count."""
_KNOWN = {b"\x89PNG": "PNG", b"GIF8": "GIF", b"RIFF": "WebP", b"BM": "BMP", b"II*\0": "TIFF"}


@dataclass(frozen=True)
class Header:
    """What a JPEG's header says of a photo."""

    size: tuple[int, int]
    """Width and height in pixels as a viewer shows them."""
    orientation: int
    """EXIF's, 1 to 8."""


def header(data: bytes) -> Header:
    """Read the header of a JPEG that is not too large to decode.

    Raises:
        Unreadable: not a JPEG, a broken header, or one that claims over MAX_PIXELS.
    """
    if not data.startswith(b"\xff\xd8"):
        raise Unreadable(_not_jpeg(data))
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data, strict=False)
    except (ValueError, KeyError) as error:  # KeyError: a color space that simplejpeg lacks
        raise Unreadable(f"broken JPEG header: {error}") from error
    if width * height > MAX_PIXELS:
        raise Unreadable(f"too large: {width}x{height} pixels, {MAX_PIXELS:,} are the limit")
    if width * height * (scans := len(_SCAN.findall(data))) > MAX_SCANNED:
        raise Unreadable(f"too large: {width}x{height} pixels in {scans} scans")
    turn = orientation(data)
    return Header((height, width) if turn >= 5 else (width, height), turn)


def upright_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels as a viewer shows them, from the header alone.

    Raises:
        Unreadable: see `header`.
    """
    return header(data).size


def check(data: bytes) -> tuple[int, int]:
    """Return the upright width and height of a JPEG that can be used.

    Raises:
        Unreadable: wrong type, truncated, corrupt, or of a size that no photo of a bin has.
    """
    width, height = upright_size(data)
    check_shape(width, height)
    _pixels(data, 1)
    return width, height


def check_shape(width: int, height: int) -> None:
    """Check that a photo's size is one of a bin's photo.

    Raises:
        Unreadable: it is too small or too long.
    """
    if min(width, height) < MIN_SIDE:
        raise Unreadable(f"too small: {width}x{height} pixels, {MIN_SIDE} a side are needed")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise Unreadable(f"extreme shape: {width}x{height} pixels, beyond {MAX_ASPECT:g} to 1")


def decode(data: bytes, size: int) -> np.ndarray:
    """Return a JPEG, turned upright and squeezed to a square, as uint8 (3, size, size).

    The whole photo is kept: a crop would lose items and so change the count. The JPEG
    is decoded at the smallest of libjpeg's scales that is not below `size`.

    Raises:
        Unreadable: not a JPEG, truncated or corrupt.
    """
    return planes(resize(upright(data, size), size))


def planes(pixels: np.ndarray) -> np.ndarray:
    """Return uint8 (H, W, 3) as (3, H, W)."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def shrink(data: bytes, size: int, quality: int = 90) -> bytes:
    """Return a JPEG as an upright square JPEG of `size` pixels; unchanged if it is one already.

    Raises:
        Unreadable: not a JPEG, truncated or corrupt.
    """
    read = header(data)
    if read == Header((size, size), 1):
        return data
    pixels = np.ascontiguousarray(resize(upright(data, size, read), size))
    return simplejpeg.encode_jpeg(pixels, quality=quality, colorsubsampling="420")


def orientation(data: bytes) -> int:
    """Return the EXIF orientation of a JPEG, 1 to 8; 1 (upright) if it is missing or invalid."""
    try:
        # Pillow warns of each tag that is cut off.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=["JPEG"]) as photo,
        ):
            value = photo.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, struct.error):  # the header or EXIF is cut off
        return 1
    return value if value in range(1, 9) else 1


def upright(data: bytes, least: int, read: Header | None = None) -> np.ndarray:
    """Return a JPEG as upright pixels, uint8 (H, W, 3), reduced while both sides are `least`.

    Args:
        read: its header, if that was read before.

    Raises:
        Unreadable: not a JPEG, truncated or corrupt.
    """
    read = read or header(data)
    return _upright(_pixels(data, least), read.orientation)


def resize(pixels: np.ndarray, size: int) -> np.ndarray:
    """Squeeze uint8 (H, W, 3) to (size, size, 3) with an antialiased bilinear filter."""
    if pixels.shape[:2] == (size, size):
        return pixels
    small = Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(small)


def _pixels(data: bytes, least: int) -> np.ndarray:
    """Decode as stored to RGB uint8 (H, W, 3), reduced while both sides are `least` or more.

    `header` comes before: it refuses other formats and too large photos.
    """
    try:
        return simplejpeg.decode_jpeg(
            data, "RGB", fastdct=True, fastupsample=True, min_height=least, min_width=least
        )
    except (ValueError, KeyError) as error:
        if "Premature end" in str(error):
            raise Unreadable(f"truncated JPEG: {len(data):,} bytes, then it ends") from error
        raise Unreadable(f"corrupt JPEG: {error}") from error


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Undo an EXIF orientation (CIPA DC-008, tag 0x0112)."""
    if orientation in (2, 4, 5, 7):
        pixels = pixels[:, ::-1]
    turns = {3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}.get(orientation, 0)
    return np.ascontiguousarray(np.rot90(pixels, turns))


def _not_jpeg(data: bytes) -> str:
    """Return the reason with the format of bytes that are no JPEG."""
    if not data:
        return "not a JPEG: empty file"
    for magic, name in _KNOWN.items():
        if data.startswith(magic):
            return f"not a JPEG: it is a {name}"
    if data[:512].lstrip()[:1] == b"<":
        return "not a JPEG: it is HTML or XML"
    return f"not a JPEG: it begins with {data[:4].hex(' ')}"
