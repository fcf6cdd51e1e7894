"""Maps of places on land and sea; takes frames, calls no service and downloads nothing.

The outlines are Natural Earth's (https://www.naturalearthdata.com, public domain, 1:10,000,000) as
the package geo-intel-offline holds them.
"""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from helpers.plots import COLORS, INK, shown

LAND, BORDER = (INK, 0.2), (INK, 0.6)
"""Shades that are seen on a white page and on a dark one; the sea is the page."""
MARGIN = 4.0
"""Degrees around the outermost places."""
FINEST = 0.05
"""Degrees below which two points of an outline are one dot of a figure."""


def places(frame: pd.DataFrame, *, hue: str, title: str) -> Figure:
    """Draw where recordings were made, on land and sea.

    Args:
        frame: columns `longitude` and `latitude` in degrees, and `hue`.
    """
    figure, axes = plt.subplots(figsize=(8.0, 5.2))
    # A legend leaves names out that begin with "_", unless something stands before it.
    frame = frame.assign(**{hue: ["\u200b" * x.startswith("_") + shown(x) for x in frame[hue]]})
    labels = sorted(frame[hue].unique())
    markers = dict(zip(labels, "os^DvPXpdh<>8*" * 20, strict=False))
    sns.scatterplot(
        frame, x="longitude", y="latitude", hue=hue, hue_order=labels, style=hue,
        markers=markers, s=34, ax=axes, palette=sns.color_palette(COLORS, len(labels)), zorder=3,
    )  # fmt: skip
    left, right = frame["longitude"].min() - MARGIN, frame["longitude"].max() + MARGIN
    low, high = frame["latitude"].min() - MARGIN, frame["latitude"].max() + MARGIN
    draw_land(axes, (left, low, right, high))
    axes.set(xlim=(left, right), ylim=(low, high))
    axes.set(title=title, xlabel="longitude, degrees east", ylabel="latitude, degrees north")
    # At the middle latitude, a degree east is so much shorter than one north.
    axes.set_aspect(1 / np.cos(np.radians(np.clip((low + high) / 2, -75, 75))))
    axes.legend(title="", loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    axes.text(0.99, 0.01, "Land: Natural Earth", transform=axes.transAxes, ha="right", fontsize=7)
    return figure


def draw_land(axes: Axes, view: tuple[float, float, float, float]) -> None:
    """Draw countries that reach into a view: left, low, right and high, in degrees."""
    left, low, right, high = view
    rings = [
        ring
        for ring in outlines()
        if ring[:, 0].max() > left and ring[:, 0].min() < right
        and ring[:, 1].max() > low and ring[:, 1].min() < high
    ]  # fmt: skip
    land = PolyCollection(rings, facecolor=LAND, edgecolor=BORDER, linewidth=0.5, zorder=0)
    axes.add_collection(land, autolim=False)


@cache
def outlines() -> tuple[np.ndarray, ...]:
    """Return the rings around all pieces of land: (points, 2), longitude and latitude."""
    from geo_intel_offline.data_loader import DataLoader

    countries = DataLoader().polygons.values()
    rings = [ring for each in countries for ring in each.get("exteriors") or [each["exterior"]]]
    return tuple(thinned(np.asarray(ring, float)[:, ::-1]) for ring in rings)


def thinned(ring: np.ndarray) -> np.ndarray:
    """Return a ring (points, 2) without points that a figure could not tell from the last one."""
    cells = np.round(ring / FINEST)
    kept = np.append(True, (np.diff(cells, axis=0) != 0).any(axis=1))
    return ring[kept] if kept.sum() > 2 else ring
