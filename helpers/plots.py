"""The course's figures in one style; takes arrays and frames, calls no service.

Colors are from Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), which color-blind
readers can distinguish, with an olive for its yellow, which is too pale on white. Color maps stay
readable in gray. A figure has no background: it is read on a white page and on a dark one.
"""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

INK = "#767B82"
"""Of letters and lines: as far from a white page as from GitHub's dark one (#0D1117)."""
COLORS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999933", INK]
OUTLINE = withStroke(linewidth=2.5, foreground="#00324F")
"""Of white letters and lines on a color."""
WIDE = (8.0, 3.2)
MAP = "viridis"
COUNT = "{:,.0f}"
"""Of the number at a bar's end."""
SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans", "Source Han Sans", "WenQuanYi Zen Hei",
    "Arial Unicode MS", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic",
)  # fmt: skip
"""Fonts of the scripts that DejaVu lacks, used where they are installed."""
NO_NAMES: Mapping[str, str] = MappingProxyType({})
LOWEST = 150.0
"""Lowest frequency of a spectrogram, in Hz: below it is wind."""
OCTAVES = (500, 1000, 2000, 4000, 8000, 16_000)
LETTERS = ("text.color", "axes.labelcolor", "axes.titlecolor", "legend.labelcolor")
LINES = ("xtick.color", "ytick.color", "axes.edgecolor", "grid.color")
LABEL, SENTENCE = 34, 56
"""Most characters of a label at an axis, and of a title or a bar's own line."""


def use_style() -> None:
    """Set the course's style for all figures of a notebook."""
    sns.set_theme(style="whitegrid", palette=COLORS, font_scale=0.9)
    installed = set(font_manager.get_font_names())
    plt.rcParams.update(
        {
            "font.family": ["sans-serif", *(name for name in SCRIPTS if name in installed)],
            "figure.dpi": 90,
            **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "none"),
            **dict.fromkeys((*LETTERS, *LINES), INK),
            "grid.alpha": 0.3,
            "legend.framealpha": 0.0,
            "patch.force_edgecolor": False,
            "figure.figsize": WIDE,
            "figure.constrained_layout.use": True,
            # Labels come from data: a `$` in one is no formula, and must not fail as one.
            "text.parse_math": False,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )


def shown(text: object, longest: int = LABEL) -> str:
    """Return a text for a figure: shortened, with `U+9CE5` for letters that no font has."""
    text = str(text)
    if len(text) > longest:
        text = f"{text[: longest - 11]}…{text[-10:]}"
    glyphs = set().union(*(_glyphs(family) for family in plt.rcParams["font.family"]))
    return "".join(c if ord(c) in glyphs or c.isspace() else f"U+{ord(c):04X}" for c in text)


@cache
def _glyphs(family: str) -> frozenset[int]:
    """Return the characters that a font has."""
    path = font_manager.findfont(font_manager.FontProperties(family=[family]))
    return frozenset(font_manager.get_font(path).get_charmap())


def in_order(counts: Mapping[str, int]) -> list[str]:
    """Return the labels in the order of a figure: numbers by value, others the largest first."""
    if all(label.isdecimal() for label in counts):
        return sorted(counts, key=int)
    return sorted(counts, key=lambda label: (-counts[label], label))


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table's rows with labels that are numbers by value, others as they were.

    Args:
        frame: column `label`.
    """
    if frame["label"].map(str).str.isdecimal().all():
        return frame.sort_values("label", key=lambda labels: labels.astype(int), ignore_index=True)
    return frame


def counts_of(frame: pd.DataFrame, *, title: str, xlabel: str, ylabel: str) -> Figure:
    """Draw counts of whole numbers, on a log scale: single ones are seen beside thousands.

    Args:
        frame: its first two columns are the numbers, and how often each one is there.
    """
    numbers, heights = (frame.iloc[:, column].to_numpy() for column in (0, 1))
    figure, axes = plt.subplots(figsize=WIDE)
    axes.plot(numbers, heights, "o", color=COLORS[0], markersize=7)
    for number, height in zip(numbers, heights, strict=True):
        label_style = {"textcoords": "offset points", "ha": "center", "fontsize": 8}
        axes.annotate(f"{height:,}", (number, height), (0, 7), **label_style)
    axes.set(title=title, xlabel=xlabel, ylabel=f"{ylabel} (log scale)", yscale="log")
    axes.set_ylim(0.6, 3 * max(heights, default=1))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def class_balance(
    counts: Mapping[str, int], *, title: str, unit: str, names: Mapping[str, str] = NO_NAMES
) -> Figure:
    """Draw the number of samples of each class: the largest first, numbers in order.

    Args:
        unit: name of the counted things, such as 'recordings'.
        names: labels in words, where there are any.
    """
    labels = in_order(counts)
    figure, axes = plt.subplots(figsize=(WIDE[0], 0.8 + 0.28 * len(labels)))
    texts = [shown(names.get(label, label)) for label in labels]
    values = [counts[label] for label in labels]
    bars = axes.barh(range(len(texts)), values, tick_label=texts, color=COLORS[0])
    axes.bar_label(bars, fmt=COUNT, padding=3, fontsize=8)
    axes.set(title=title, xlabel=unit, ylabel="")
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    return figure


def count_grid(table: pd.DataFrame, axes: Axes, **options: object) -> None:
    """Draw a table of counts as squares, the further from the page the more, and none for 0.

    Args:
        options: of seaborn's heatmap.
    """
    shades = ListedColormap([to_rgba(COLORS[0], alpha) for alpha in np.linspace(0.2, 1, 256)])
    sns.heatmap(table, cmap=shades, ax=axes, mask=np.asarray(table == 0), **options)
    for text in axes.texts:  # on any shade of it, on any page
        text.set(color="white", path_effects=[OUTLINE])
    axes.grid(visible=False)


def dots(
    frame: pd.DataFrame,
    *,
    title: str,
    xlabel: str,
    names: Mapping[str, str] = NO_NAMES,
    digits: int = 2,
) -> Figure:
    """Draw a value for each row as a dot, with its range if it has one.

    Dots stand where bars from 0 would look all alike: the axis begins near the smallest.

    Args:
        frame: column `value`, and `low` and `high` for ranges; its index names the rows.
    """  # fmt: skip
    figure, axes = plt.subplots(figsize=(WIDE[0], 1.0 + 0.28 * len(frame)))
    heights = range(len(frame))
    if "low" in frame:
        axes.hlines(heights, frame["low"], frame["high"], color=COLORS[0], linewidth=2, alpha=0.6)
    axes.plot(frame["value"], heights, "o", color=COLORS[0], markersize=7)
    right = frame["high"] if "high" in frame else frame["value"]
    for height, end, value in zip(heights, right, frame["value"], strict=True):
        text = f"{value:.{digits}f}"
        axes.annotate(text, (end, height), (8, 0), textcoords="offset points", va="center", size=8)
    axes.set_yticks(heights, [shown(names.get(label, label)) for label in frame.index])
    axes.set(title=title, xlabel=xlabel, ylabel="", ylim=(len(frame) - 0.5, -0.5))
    axes.margins(x=0.12)
    return figure


def split_shares(
    counts: pd.DataFrame,
    *,
    title: str,
    names: Mapping[str, str] = NO_NAMES,
    aims: Sequence[float] = (),
) -> Figure:
    """Draw the shares of the splits in each class.

    Args:
        counts: samples, a row for each class and a column for each split.
        aims: shares at which the splits should end, drawn as lines.
    """  # fmt: skip
    share = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)
    figure, axes = plt.subplots(figsize=(WIDE[0], 0.9 + 0.3 * len(share)))
    left = np.zeros(len(share))
    for color, split in zip(COLORS, share, strict=False):
        axes.barh(range(len(share)), share[split], left=left, color=color, label=split, height=0.8)
        left += share[split].to_numpy()
    for aim in aims:
        axes.axvline(aim, color="white", linestyle="--", linewidth=1, path_effects=[OUTLINE])
    axes.set_yticks(range(len(share)), [shown(names.get(label, label)) for label in share.index])
    axes.set(title=title, xlabel="share of the class's samples", ylabel="", xlim=(0, 1))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def spectrogram(
    wave: np.ndarray, rate: int, *, title: str = "", axes: Axes | None = None, top: float = 60.0
) -> AxesImage:
    """Draw the mel spectrogram of a clip, in decibels below its loudest point.

    A mel axis gives low and high voices as much room as ears do: an owl's half a kilohertz would
    be a line at the bottom of a linear one. Color is the image's label, for a `color_bar`.

    Args:
        wave: (samples,), any scale.
        rate: samples a second.
        top: decibels shown.
    """
    import librosa

    axes = axes or plt.subplots()[1]
    low, high = LOWEST, rate / 2
    power = librosa.feature.melspectrogram(
        y=wave.astype(np.float32), sr=rate, n_fft=2048, hop_length=256, n_mels=128, fmin=low,
        fmax=high, htk=True,
    )  # fmt: skip
    level = librosa.power_to_db(power, ref=np.max, top_db=top)
    mel = partial(librosa.hz_to_mel, htk=True)
    extent = (0, len(wave) / rate, mel(low), mel(high))
    image = axes.imshow(
        level, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=-top, vmax=0
    )
    image.set_label("dB below the loudest")
    ticks = [hertz for hertz in OCTAVES if low < hertz <= high]
    axes.set_yticks([mel(hertz) for hertz in ticks], [f"{hertz / 1000:g}" for hertz in ticks])
    axes.set(title=shown(title, SENTENCE), xlabel="seconds", ylabel="kHz (mel scale)")
    axes.grid(visible=False)
    return image


def color_bar(image: AxesImage, axes: Sequence[Axes]) -> None:
    """Add one color bar for all axes whose images share a scale."""
    bar = image.figure.colorbar(
        image, ax=axes, label=image.get_label(), pad=0.01, shrink=0.8, fraction=0.04, aspect=40
    )
    bar.outline.set_visible(False)
