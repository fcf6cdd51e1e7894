"""A photo's measures tell what was changed, and not what was left."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFilter

from helpers.media.photo_measures import measure
from helpers.samples import Unreadable

PIXELS = np.random.default_rng(0).integers(60, 200, (24, 36, 3)).astype(np.uint8)
PHOTO = Image.fromarray(PIXELS).resize((360, 240), Image.Resampling.NEAREST)


def of(photo, kind="PNG", **options):
    photo.save(out := io.BytesIO(), kind, **options)
    return measure(out.getvalue())


def test_brightness_and_contrast_are_those_of_the_luma():
    gray = np.asarray(PHOTO.convert("L")) / 255
    found = of(PHOTO)
    assert found["brightness"] == pytest.approx(gray.mean(), abs=0.01)
    assert found["contrast"] == pytest.approx(gray.std(), abs=0.02)
    assert of(PHOTO.point(lambda value: value // 2))["brightness"] == pytest.approx(
        found["brightness"] / 2, abs=0.01
    )


def test_a_blurred_photo_is_less_sharp_and_as_bright():
    blurred = of(PHOTO.filter(ImageFilter.GaussianBlur(6)))
    assert blurred["sharpness"] < of(PHOTO)["sharpness"] - 1
    assert blurred["brightness"] == pytest.approx(of(PHOTO)["brightness"], abs=0.02)


def test_a_quarter_turn_changes_the_sign_of_turn_and_the_aspect():
    stripes = Image.fromarray(np.repeat(PIXELS[:, :1], 36, axis=1)).resize((360, 240))
    turned = stripes.transpose(Image.Transpose.ROTATE_90)
    assert of(stripes)["turn"] == pytest.approx(-of(turned)["turn"], abs=0.5)
    assert of(stripes)["turn"] > 1
    assert of(stripes)["aspect"] == pytest.approx(1.5) == pytest.approx(1 / of(turned)["aspect"])


def test_a_turn_that_the_file_tells_of_changes_nothing():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    stored = PHOTO.transpose(Image.Transpose.ROTATE_90)
    told, plain = of(stored, "JPEG", exif=exif, quality=95), of(PHOTO, "JPEG", quality=95)
    assert told["aspect"] == plain["aspect"] == 1.5
    assert told["turn"] == pytest.approx(plain["turn"], abs=0.1)


def test_size_is_that_of_the_photo():
    assert of(PHOTO)["megapixels"] == pytest.approx(360 * 240 / 1e6)


def test_what_is_no_photo_has_no_measures():
    with pytest.raises(Unreadable):
        measure(b"text")
