"""The course's figures in one style; takes arrays and frames, calls no service.

Colors are from Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), which color-blind
readers can distinguish, with a wine red for its yellow, which is too pale on white. Color maps stay
readable in gray.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLORS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#882255", "#000000"]
WIDE = (8.0, 3.2)
MAP = "viridis"
SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans", "Source Han Sans", "WenQuanYi Zen Hei",
    "Arial Unicode MS", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic",
)  # fmt: skip
"""Fonts of the scripts that DejaVu lacks, used where they are installed."""
LABEL, SENTENCE = 28, 56
"""Most characters of a label at an axis, and of a title or a bar's own line."""


def use_style() -> None:
    """Set the course's style for all figures of a notebook."""
    sns.set_theme(style="whitegrid", palette=COLORS, font_scale=0.9)
    installed = set(font_manager.get_font_names())
    plt.rcParams.update(
        {
            "font.family": ["sans-serif", *(name for name in SCRIPTS if name in installed)],
            "figure.dpi": 90,
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


def class_balance(counts: Mapping[str, int], *, title: str, unit: str) -> Figure:
    """Draw the number of samples of each class, the largest first.

    Args:
        unit: name of the counted things, such as 'recordings'.
    """
    ordered = pd.Series(dict(counts)).sort_values(ascending=True)
    figure, axes = plt.subplots(figsize=(WIDE[0], 0.8 + 0.28 * len(ordered)))
    names = [shown(label) for label in ordered.index]
    bars = axes.barh(range(len(names)), ordered.to_numpy(), tick_label=names, color=COLORS[0])
    axes.bar_label(bars, padding=3, fontsize=8)
    axes.set(title=title, xlabel=unit, ylabel="")
    axes.grid(axis="y", visible=False)
    return figure


def spectrogram(
    wave: np.ndarray, rate: int, *, title: str = "", axes: Axes | None = None, top: float = 70.0
) -> Axes:
    """Draw the spectrogram of a clip, in decibels below its loudest point.

    Args:
        wave: (samples,), any scale.
        rate: samples a second.
        top: decibels shown.
    """
    import librosa

    axes = axes or plt.subplots()[1]
    power = np.abs(librosa.stft(wave.astype(np.float32), n_fft=1024, hop_length=256)) ** 2
    level = librosa.power_to_db(power, ref=np.max, top_db=top)
    extent = (0, len(wave) / rate, 0, rate / 2000)
    image = axes.imshow(
        level, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=-top, vmax=0
    )
    axes.set(title=shown(title, SENTENCE), xlabel="seconds", ylabel="kHz")
    axes.grid(visible=False)
    axes.figure.colorbar(image, ax=axes, label="dB below the loudest", pad=0.01)
    return axes


def places(frame: pd.DataFrame, *, hue: str, title: str) -> Figure:
    """Draw a map of the recordings' coordinates.

    Args:
        frame: columns `longitude` and `latitude` in degrees, and `hue`.
    """
    figure, axes = plt.subplots(figsize=(8.0, 4.4))
    # A legend leaves names out that begin with "_", unless something stands before it.
    frame = frame.assign(**{hue: ["\u200b" * x.startswith("_") + shown(x) for x in frame[hue]]})
    labels = sorted(frame[hue].unique())
    markers = dict(zip(labels, "os^DvP*Xphd<>8" * 20, strict=False))
    sns.scatterplot(
        frame, x="longitude", y="latitude", hue=hue, hue_order=labels, style=hue,
        markers=markers, s=36, ax=axes, palette=sns.color_palette(COLORS, len(labels)),
    )  # fmt: skip
    axes.set(title=title, xlabel="longitude, degrees east", ylabel="latitude, degrees north")
    axes.set_aspect("equal", adjustable="datalim")
    axes.legend(title="", loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    return figure


def learning_curve(history: pd.DataFrame, *, title: str, chance: float | None = None) -> Figure:
    """Draw loss and accuracy of training and validation over the epochs.

    Args:
        history: columns `epoch`, `train_loss`, `validation_loss`, `validation_accuracy`.
        chance: accuracy of always predicting the largest class.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=WIDE)
    for number, split in enumerate(("train", "validation")):
        left.plot(history["epoch"], history[f"{split}_loss"], color=COLORS[number], label=split)
    left.set(title=title, xlabel="epoch", ylabel="cross-entropy", ylim=(0, None))
    left.legend()
    right.plot(history["epoch"], history["validation_accuracy"], color=COLORS[1])
    if chance is not None:
        right.axhline(chance, color="gray", linestyle="--", linewidth=1)
        right.text(history["epoch"].max(), chance, "largest class ", ha="right", va="bottom")
    right.set(title="Validation accuracy", xlabel="epoch", ylabel="share right", ylim=(0, 1.02))
    return figure


def confusion(matrix: np.ndarray, labels: Sequence[str], *, title: str) -> Figure:
    """Draw a confusion matrix: counts, colored by their share of the row.

    Args:
        matrix: (classes, classes) counts, rows the truth.
    """
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    size, labels = 2.2 + 0.5 * len(labels), [shown(label) for label in labels]
    figure, axes = plt.subplots(figsize=(size + 1, size))
    sns.heatmap(
        share, annot=matrix, fmt="d", cmap="Blues", vmin=0, vmax=1, square=True, ax=axes,
        xticklabels=labels, yticklabels=labels, cbar_kws={"label": "share of the true class"},
    )  # fmt: skip
    axes.set(title=title, xlabel="predicted", ylabel="true")
    return figure


def reliability(bands: Sequence[Mapping[str, float]], *, error: float, title: str) -> Figure:
    """Draw a reliability diagram: accuracy by confidence, and the number of samples of each band.

    Args:
        bands: from metrics.calibration, each with `low` and `high`, its accuracy's interval.
        error: expected calibration error, as a share.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=WIDE)
    sure, hit = ([band[name] for band in bands] for name in ("confidence", "accuracy"))
    low, high = ([band[name] for band in bands] for name in ("low", "high"))
    agree = {"color": "gray", "linestyle": "--", "linewidth": 1, "label": "as sure as right"}
    left.plot([0, 1], [0, 1], **agree)
    left.vlines(sure, low, high, color=COLORS[0], linewidth=1.5)
    left.plot(sure, hit, "o-", color=COLORS[0], markersize=5)
    left.set(title=title, xlabel="confidence of the answer", ylabel="share right")
    left.set(xlim=(0, 1.02), ylim=(0, 1.02))
    left.legend(fontsize=8, loc="lower right")
    edges, counts = [band["from"] for band in bands], [band["samples"] for band in bands]
    bars = right.bar(edges, counts, width=0.1, align="edge", color=COLORS[0], edgecolor="white")
    right.bar_label(bars, fontsize=8)
    right.set(title=f"Expected error {100 * error:.1f} points", xlabel="confidence of the answer")
    right.set(ylabel="samples", xlim=(0, 1.02))
    return figure


def probabilities(values: Mapping[str, float], *, axes: Axes, truth: str | None = None) -> Axes:
    """Draw an answer's probabilities, the true class marked by its color."""
    ordered = pd.Series(dict(values)).sort_values()
    colors = [COLORS[2] if name == truth else COLORS[0] for name in ordered.index]
    names = [shown(label) for label in ordered.index]
    bars = axes.barh(range(len(names)), ordered.to_numpy(), tick_label=names, color=colors)
    axes.bar_label(bars, fmt="%.2f", padding=3, fontsize=8)
    axes.set(title="Answer", xlabel="probability", xlim=(0, 1.15), ylabel="")
    axes.grid(axis="y", visible=False)
    return axes
