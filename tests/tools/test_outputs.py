"""How outputs are cleaned for a page that is committed."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib import colormaps
from nbformat.v4 import new_output
from PIL import Image

from tools import outputs


@pytest.mark.parametrize(
    "text, shown",
    [
        ("one\rtwo\nthree", "two\nthree"),
        (" 50%|##   | 1/2\r100%|####| 2/2\ndone\n", "done\n"),
        ("upload: 12it [00:01, 9.51it/s]\ndone", "done"),
        (f"{outputs.ROOT}/helpers/s3.py", "helpers/s3.py"),
        (f"{Path.home()}/.aws/config", "~/.aws/config"),
        (f"{outputs.COPIES}/04_x.ipynb", "notebooks/04_x.ipynb"),
        ("/var/tmp/course-a1_b2/state/s3/b/k", ".local_aws/s3/b/k"),
        ("\x1b[31mred\x1b[0m", "red"),
        (
            "/v/site-packages/tqdm/auto.py:21: TqdmWarning: No widgets.\n  from .x import y\ndone",
            "done",
        ),
        ("/tmp/ipykernel_72/37.py:1: UserWarning: mine\n", "<cell>:1: UserWarning: mine\n"),
        ("<object at 0x7f3a5c001d20>", "<object>"),
        ("accuracy 98% | loss 0.1", "accuracy 98% | loss 0.1"),
    ],
)
def test_text_is_what_a_terminal_shows_on_any_machine(text, shown):
    assert outputs.clean_text(text) == shown


def test_streams_are_joined_and_empty_ones_dropped():
    given = [
        new_output("stream", name="stdout", text="a"),
        new_output("stream", name="stdout", text="b\n"),
        new_output("stream", name="stderr", text="100%|#####| 3/3\n"),
    ]
    (output,) = outputs.clean_outputs(given)
    assert output.text == "ab\n"


def test_a_large_figure_becomes_small_and_keeps_its_size():
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    large = base64.b64encode(out.getvalue()).decode()
    small = outputs.small_png(large)
    assert len(small) < len(large) / 2
    assert Image.open(io.BytesIO(base64.b64decode(small))).size == (300, 200)


def test_a_large_figure_stays_transparent():
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 4), np.uint8)
    noise[:, :150, 3], noise[:, 150:, 3] = 0, 255
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    small = outputs.small_png(base64.b64encode(out.getvalue()).decode())
    alpha = np.asarray(Image.open(io.BytesIO(base64.b64decode(small))).convert("RGBA"))[:, :, 3]
    assert alpha[:, :150].max() == 0 and alpha[:, 150:].min() == 255


def test_the_ends_of_a_color_bar_keep_their_colors():
    colors = colormaps["magma"](np.arange(256), bytes=True)
    levels = np.random.default_rng(0).normal(120, 8, (300, 400)).astype(int).clip(0, 255)
    levels[:256, :8] = np.arange(256)[:, None]
    out = io.BytesIO()
    Image.fromarray(colors[levels]).save(out, "PNG", compress_level=0)
    small = outputs.small_png(base64.b64encode(out.getvalue()).decode())
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(small))).convert("RGBA"), int)
    assert np.abs(shown[:256, 0] - colors).max() <= 20  # a median cut: 50 and more
