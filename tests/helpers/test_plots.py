"""Figures have titles and labeled axes, and show the numbers that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from helpers import plots
from tests.figures import is_labeled, shown
from tests.sounds import chirp

pytestmark = pytest.mark.usefixtures("course_style")

RANGES = pd.DataFrame(
    {"value": [0.9, 0.95], "low": [0.88, 0.9], "high": [0.92, 0.99]}, index=["a", "b"]
)
SPLITS = pd.DataFrame({"train": [7, 0], "test": [3, 0]}, index=["a", "b"])
HEAPS = pd.DataFrame({"bins": [1, 20], "items": [4000, 1]})


DRAWN = {
    "class_balance": lambda: plots.class_balance({"a": 3, "b": 5}, title="T", unit="recordings"),
    "spectrogram": lambda: plots.spectrogram(chirp(1.0), 32_000, title="T").figure,
    "dots": lambda: plots.dots(RANGES, title="T", xlabel="accuracy"),
    "split_shares": lambda: plots.split_shares(SPLITS, title="T"),
    "counts_of": lambda: plots.counts_of(HEAPS, title="T", xlabel="bins", ylabel="items"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_has_a_title_and_labeled_axes(name):
    found = shown(DRAWN[name]())
    assert found
    for axes in found:
        assert axes.get_title(loc="left") or axes.get_title()
        assert is_labeled(axes)


def test_an_unlabeled_axis_would_be_noticed():
    axes = plt.subplots()[1]
    axes.plot([1, 2], [1, 2])
    axes.set_xlabel("epoch")
    assert not is_labeled(axes)


def test_the_largest_class_is_on_top_with_its_count():
    [axes] = plots.class_balance({"rare": 1, "common": 9}, title="T", unit="photos").axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["common", "rare"]
    assert [text.get_text() for text in axes.texts] == ["9", "1"]
    assert axes.yaxis_inverted()


def test_classes_that_are_numbers_stand_in_their_order():
    counts = {"10": 1, "9": 5, "0": 3}
    [axes] = plots.class_balance(counts, title="T", unit="photos").axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["0", "9", "10"]
    assert list(plots.ordered(pd.DataFrame({"label": list(counts)}))["label"]) == ["0", "9", "10"]
    words = pd.DataFrame({"label": ["wren", "owl", "9"]})
    assert list(plots.ordered(words)["label"]) == ["wren", "owl", "9"]


def test_a_class_is_shown_by_its_name_where_it_has_one():
    names = {"barswa": "Barn Swallow (barswa)"}
    counts = {"barswa": 2, "owl": 1}
    [axes] = plots.class_balance(counts, title="T", unit="u", names=names).axes
    ticks = [tick.get_text() for tick in axes.get_yticklabels()]
    assert ticks == ["Barn Swallow (barswa)", "owl"]


def test_dots_begin_near_the_smallest_value_and_show_their_ranges():
    [axes] = plots.dots(RANGES, title="T", xlabel="accuracy").axes
    assert axes.get_xlim()[0] > 0.8
    assert axes.lines[0].get_xdata().tolist() == [0.9, 0.95]
    [lines] = axes.collections
    assert [line[:, 0].tolist() for line in lines.get_segments()] == [[0.88, 0.92], [0.9, 0.99]]


def test_more_is_further_from_the_page_a_count_of_1_is_seen_and_0_is_the_page():
    figure, axes = plt.subplots()
    plots.count_grid(pd.DataFrame({"a": [0, 1], "b": [1500, 1]}), axes, annot=True, fmt=",d")
    figure.canvas.draw()
    colors = axes.collections[0].get_facecolors()
    assert [text.get_text() for text in axes.texts] == ["1,500", "1", "1"]
    assert colors[0, 3] == 0
    assert colors[1, 3] == 1 and colors[2, 3] == colors[3, 3] == pytest.approx(0.2)


def test_shares_of_splits_add_up_and_a_class_without_samples_has_none():
    [axes] = plots.split_shares(SPLITS, title="T", aims=(0.7,)).axes
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([0.7, 0.0, 0.3, 0.0])


def test_numbers_far_apart_stand_far_apart_and_small_counts_are_seen():
    [axes] = plots.counts_of(HEAPS, title="T", xlabel="bins", ylabel="items").axes
    assert axes.lines[0].get_xdata().tolist() == [1, 20]
    assert axes.get_yscale() == "log" and axes.get_ylim()[0] < 1


ODD = ["鳥", "犬", "🐦", "Северный", "Eisvogel-Ö", "$x_$", "a$b^$", "\\frac", "_x", "x" * 255]
WITH_LABELS = {
    "class_balance": lambda: plots.class_balance(dict.fromkeys(ODD, 1), title="T", unit="u"),
    "dots": lambda: plots.dots(
        pd.DataFrame({"value": range(10)}, index=ODD), title="T", xlabel="u"
    ),
    "spectrogram": lambda: plots.spectrogram(chirp(0.5), 32_000, title=ODD[0]).figure,
}


@pytest.mark.parametrize("name", WITH_LABELS)
def test_a_figure_shows_labels_of_any_script_and_no_formula(name, tmp_path):
    WITH_LABELS[name]().savefig(tmp_path / "figure.png")  # warnings are errors


def test_a_label_that_no_font_has_is_told_by_its_characters():
    assert [plots.shown(label) for label in ("Северный", "Ö鳥")] == ["Северный", "ÖU+9CE5"]
    assert len({plots.shown(label) for label in ODD}) == len(ODD)


def test_a_spectrogram_spans_the_clips_seconds_and_its_axis_has_ticks_in_kilohertz():
    axes = plots.spectrogram(chirp(2.0), 32_000).axes
    assert axes.get_images()[0].get_extent()[:2] == [0, 2.0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == "0.5 1 2 4 8 16".split()


@pytest.mark.parametrize("hertz", [500, 2000, 8000])
def test_a_tone_is_brightest_at_its_own_tick(hertz):
    wave = np.sin(2 * np.pi * hertz * np.arange(32_000) / 32_000)
    image = plots.spectrogram(wave, 32_000)
    rows = image.get_array().mean(axis=1)
    _, _, low, high = image.get_extent()
    brightest = low + (rows.argmax() + 0.5) / len(rows) * (high - low)
    ticks = dict(zip(plots.OCTAVES, image.axes.get_yticks(), strict=True))
    assert brightest == pytest.approx(ticks[hertz], abs=1.5 * (high - low) / len(rows))


def test_one_color_bar_explains_all_spectrograms():
    figure, axes = plt.subplots(1, 2)
    images = [plots.spectrogram(chirp(0.5), 32_000, axes=each) for each in axes]
    plots.color_bar(images[0], list(axes))
    assert len(figure.axes) == 3 and "dB" in figure.axes[2].get_ylabel()
    assert images[0].get_clim() == images[1].get_clim()


def test_a_figure_has_no_background_and_letters_for_light_and_dark_pages(tmp_path):
    plots.class_balance({"a": 3}, title="T", unit="recordings").savefig(tmp_path / "f.png")
    pixels = plt.imread(tmp_path / "f.png")
    assert pixels[0, 0, 3] == 0 and (pixels[:, :, 3] == 0).mean() > 0.5
    ink = luminance(plots.INK) + 0.05
    for page in ("#FFFFFF", "#0D1117"):
        light, dark = sorted((ink, luminance(page) + 0.05), reverse=True)
        assert light / dark > 4.2


def luminance(color: str) -> float:
    """Return a color's relative luminance, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_silence_can_be_drawn():
    assert not np.isnan(plots.spectrogram(np.zeros(32_000), 32_000).get_array()).any()


@pytest.mark.parametrize(
    "title", ["The first sample of the first shard", "said thrnig1 (0.64), was wlwwar (0.01)"]
)
def test_a_title_has_room_for_a_sentence(title):
    axes = plots.spectrogram(chirp(0.5), 32_000, title=title).axes
    assert axes.get_title(loc="left") == title
