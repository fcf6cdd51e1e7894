"""Decoding, checking and resizing JPEG photos."""

import io
import struct

import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from helpers.media import images
from helpers.samples import Unreadable


def photo(width: int = 120, height: int = 80) -> Image.Image:
    """Return a smooth picture whose four corners differ."""
    corners = np.array([[[250, 0, 0], [0, 250, 0]], [[0, 0, 250], [250, 250, 250]]], np.uint8)
    return Image.fromarray(corners).resize((width, height), Image.Resampling.BILINEAR)


def jpeg(image: Image.Image, orientation: int = 1, **options: object) -> bytes:
    """Encode a picture with an EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif, quality=95, **options)
    return buffer.getvalue()


def png() -> bytes:
    """Return a picture that is no JPEG."""
    buffer = io.BytesIO()
    photo().save(buffer, "PNG")
    return buffer.getvalue()


def test_decoding_gives_one_shape_whatever_the_photo() -> None:
    for size in ((120, 80), (31, 200), (1500, 900), (96, 96)):
        array = images.decode(jpeg(photo(*size)), 96)
        assert array.shape == (3, 96, 96)
        assert array.dtype == np.uint8
        assert array.flags.c_contiguous


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_is_decoded_upright(orientation: int) -> None:
    data = jpeg(photo(), orientation)
    with Image.open(io.BytesIO(data)) as stored:
        shown = ImageOps.exif_transpose(stored).resize((48, 48), Image.Resampling.BILINEAR)
    apart = np.abs(images.decode(data, 48).transpose(1, 2, 0).astype(int) - np.asarray(shown))
    assert apart.mean() < 4
    assert images.upright_size(data) == ((80, 120) if orientation >= 5 else (120, 80))


def test_decoding_keeps_the_whole_picture() -> None:
    array = images.decode(jpeg(photo(300, 100)), 50).astype(int)
    assert array[:, 0, 0].argmax() == 0
    assert array[:, 0, -1].argmax() == 1
    assert array[:, -1, 0].argmax() == 2
    assert array[:, -1, -1].min() > 200


def test_a_reduced_decode_is_close_to_a_full_one() -> None:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 255, (30, 40, 3), dtype=np.uint8))
    image = coarse.resize((640, 480), Image.Resampling.BICUBIC)
    full = np.asarray(image.resize((96, 96), Image.Resampling.BILINEAR), int)
    assert np.abs(images.decode(jpeg(image), 96).transpose(1, 2, 0) - full).mean() < 6


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (png(), "PNG"),
        (b"<html>404</html>", "HTML"),
        (b"hello there", "begins with 68 65"),
        (b"\xff\xd8\xff\xe0 and no more", "broken JPEG header"),
        (jpeg(photo())[:-400], "truncated"),
        (jpeg(photo())[: len(jpeg(photo())) // 2], "truncated"),
        (jpeg(photo(200, 20)), "too small: 200x20"),
        (jpeg(photo(400, 40)), "extreme shape: 400x40"),
    ],
)
def test_what_is_no_photo_is_unreadable_and_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        images.check(data)


def test_a_header_that_claims_a_gigantic_photo_is_refused_before_decoding() -> None:
    data = bytearray(jpeg(photo()))
    frame = data.index(b"\xff\xc0")  # the frame header: height and width follow 5 bytes on
    data[frame + 5 : frame + 9] = b"\xea\x60\xea\x60"
    with pytest.raises(Unreadable, match="too large: 60000x60000"):
        images.check(bytes(data))


def test_a_jpeg_of_a_thousand_scans_is_refused_before_decoding() -> None:
    data = jpeg(photo(1500, 900))
    with pytest.raises(Unreadable, match="too large: 1500x900 pixels in 1001 scans"):
        images.check(data[:-2] + b"\xff\xda" * 1000 + data[-2:])


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_gray_and_print_colors_decode_as_rgb(mode: str) -> None:
    assert images.decode(jpeg(photo().convert(mode)), 64).shape == (3, 64, 64)


def test_a_progressive_jpeg_decodes() -> None:
    assert images.decode(jpeg(photo(), progressive=True), 64).shape == (3, 64, 64)


def test_shrinking_gives_an_upright_square_that_decodes_alike() -> None:
    data = jpeg(photo(400, 300), orientation=6)
    small = images.shrink(data, 64)
    assert images.upright_size(small) == (64, 64)
    assert images.orientation(small) == 1
    apart = np.abs(images.decode(small, 64).astype(int) - images.decode(data, 64))
    assert apart.mean() < 3
    assert images.shrink(small, 64) == small


def segment(marker: int, data: bytes) -> bytes:
    """Return one segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


@pytest.mark.parametrize(
    "before",
    [
        segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(6000)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + bytes(60_000)),
        segment(0xFE, b"Exif\0\0MM\0*") + segment(0xED, bytes(9000)),
    ],
)
@pytest.mark.parametrize("kind", [3, 4])
def test_the_orientation_is_found_behind_any_segment_and_as_any_integer(before, kind):
    value = struct.pack(">HH", 6, 0) if kind == 3 else struct.pack(">I", 6)
    tag = struct.pack(">HHI", 0x0112, kind, 1) + value
    exif = segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + tag + bytes(4))
    plain = simplejpeg.encode_jpeg(np.zeros((60, 80, 3), np.uint8))
    assert images.upright_size(plain[:2] + before + exif + plain[2:]) == (60, 80)
    comment = segment(0xFE, exif[4:])
    assert images.upright_size(plain[:2] + before + comment + plain[2:]) == (80, 60)


def test_a_nonsense_orientation_counts_as_upright() -> None:
    assert images.orientation(jpeg(photo(), orientation=77)) == 1
    assert images.orientation(b"\xff\xd8 Exif\0\0 nonsense") == 1


@given(st.binary(min_size=1, max_size=6), st.floats(0, 1), st.booleans())
def test_damage_of_any_kind_is_unreadable_or_harmless(damage, place, cut) -> None:
    data = bytearray(jpeg(photo(), orientation=6))
    at = int(place * (len(data) - 1))
    data[at : at + len(damage)] = damage
    try:
        array = images.decode(bytes(data[:at] if cut else data), 32)
    except Unreadable:
        return
    assert array.shape == (3, 32, 32)
