"""The photos of requests: JPEG and PNG, of any kind."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from helpers.media import images, photos
from helpers.samples import Unreadable
from tests.helpers.media.test_images import jpeg, photo


def png(image: Image.Image, **options: object) -> bytes:
    """Return a picture as a PNG."""
    image.save(out := io.BytesIO(), "PNG", **options)
    return out.getvalue()


def apart(data: bytes) -> float:
    """Return how far a file is from the picture that it was made of, in levels of 255."""
    expected = np.asarray(photo()).astype(int)
    return float(np.abs(photos.upright(data, 80).astype(int) - expected).mean())


def test_a_jpeg_is_read_as_the_shards_are():
    data = jpeg(photo(), 6)
    assert np.array_equal(photos.upright(data, 48), images.upright(data, 48))


def test_a_png_is_read_exactly():
    assert apart(png(photo())) == 0


@pytest.mark.parametrize("mode, levels", [("L", 90), ("P", 20), ("RGBA", 0), ("1", 120)])
def test_a_png_of_any_mode_is_read(mode, levels):
    assert apart(png(photo().convert(mode))) <= levels


def test_sixteen_bits_of_gray_keep_their_levels():
    gray = np.linspace(0, 65535, 80 * 120).astype(np.uint16).reshape(80, 120)
    read = photos.upright(png(Image.fromarray(gray)), 80)
    assert np.array_equal(read[:, :, 0], gray >> 8) and read.shape == (80, 120, 3)


def test_a_turned_png_is_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = png(photo().transpose(Image.Transpose.ROTATE_90), exif=exif)
    assert apart(data) == 0


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a PNG's chunk."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def head(width: int, height: int) -> bytes:
    """Return the begin of a PNG."""
    return photos._PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


WHOLE = png(photo())


@pytest.mark.parametrize(
    "data, reason",
    [
        (WHOLE[:20], "truncated PNG"),
        (WHOLE[:-200], "truncated or corrupt PNG"),
        (WHOLE[:200] + bytes(4) + WHOLE[204:], "corrupt PNG"),
        (head(60_000, 60_000) + chunk(b"IDAT", zlib.compress(bytes(10**6))), "too large"),
        (head(2**31, 2**31), "too large"),
        (head(100, 100) + chunk(b"IEND", b""), "corrupt PNG"),
        (head(0, 0), "too small"),
        (png(photo(500, 40)), "extreme shape"),
        (png(Image.new("RGBA", (64, 64), (9, 9, 9, 80))), "transparent"),
        (png(Image.new("P", (64, 64)), transparency=0), "transparent"),
        (jpeg(photo(20, 20)), "too small"),
        (b"GIF89a" + bytes(50), "it is a GIF"),
        (b"", "empty file"),
    ],
)
def test_what_is_no_photo_of_a_bin_is_unreadable_and_says_why(data, reason):
    with pytest.raises(Unreadable, match=reason):
        photos.upright(data, 64)
