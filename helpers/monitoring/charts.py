"""Draws a report's plots as SVG, in the page's own colors; knows numbers, no checks.

The processing image has no matplotlib, and a picture would have one background for light and dark.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT = 320, 120
LEFT, BOTTOM = 34, 18
BUCKETS = 24


def histogram(base: Sequence[float], window: Sequence[float], title: str) -> str:
    """Return two histograms on one axis, of shares: the baseline's filled, the window's a line."""
    both = np.concatenate([base, window]).astype(float)
    low, high = np.quantile(both, [0.005, 0.995])
    edges = np.linspace(low, high if high > low else low + 1, BUCKETS + 1)
    shares = [
        np.histogram(np.clip(each, edges[0], edges[-1]), edges)[0] / len(each)
        for each in (np.asarray(base, float), np.asarray(window, float))
    ]
    top = max(float(each.max()) for each in shares)
    filled, line = (_steps(each / top) for each in shares)
    start, end = f"{LEFT},{HEIGHT - BOTTOM}", f"{WIDTH},{HEIGHT - BOTTOM}"
    drawn = f'<polygon class="base" points="{start} {filled} {end}"/>'
    drawn += f'<polyline class="now" points="{line}"/>'
    return _svg(title, drawn, (f"{edges[0]:.3g}", f"{edges[-1]:.3g}"), f"{top:.0%}")


def bars(base: dict[str, float], window: dict[str, float], title: str) -> str:
    """Return a pair of bars for each category: its share in the baseline and in the window."""
    names = sorted({*base, *window})
    top = max([*base.values(), *window.values(), 1e-9])
    step = (WIDTH - LEFT) / max(1, len(names))
    drawn = ""
    for place, name in enumerate(names):
        for offset, shares, css in ((0.1, base, "base"), (0.5, window, "line")):
            size = (HEIGHT - BOTTOM - 10) * shares.get(name, 0) / top
            drawn += (
                f'<rect class="{css}" x="{LEFT + (place + offset) * step:.1f}"'
                f' y="{HEIGHT - BOTTOM - size:.1f}" width="{0.38 * step:.1f}" height="{size:.1f}">'
                f"<title>{escape(name)}: {shares.get(name, 0):.1%}</title></rect>"
            )
    ends = (names[0], names[-1]) if names else ("", "")
    return _svg(title, drawn, ends, f"{top:.0%}")


def curve(sizes: Sequence[float], shares: Sequence[float], title: str) -> str:
    """Return the line of a share, 0 to 1, over the size of a shift."""
    widest = max(sizes) or 1.0
    points = " ".join(
        f"{LEFT + (WIDTH - LEFT) * size / widest:.1f},{_height(share):.1f}"
        for size, share in zip(sizes, shares, strict=True)
    )
    return _svg(
        title, f'<polyline class="now" points="{points}"/>', ("0", f"{widest:g} SD"), "100%"
    )


def gauge(distance: float, threshold: float) -> str:
    """Return a bar of a distance, with a mark at its threshold."""
    most = max(distance, threshold) * 1.15 or 1.0
    css = "line" if distance > threshold else "base"
    return (
        f'<svg class="gauge" viewBox="0 0 120 12" role="img"'
        f' aria-label="distance {distance:.3f}, threshold {threshold:.3f}">'
        f'<rect class="{css}" y="2" width="{120 * distance / most:.1f}" height="8"/>'
        f'<rect class="mark" x="{120 * threshold / most:.1f}" width="1.5" height="12"/></svg>'
    )


def _steps(shares: np.ndarray) -> str:
    """Return the corners of a histogram's outline, for shares of its highest bar."""
    width = (WIDTH - LEFT) / len(shares)
    return " ".join(
        f"{LEFT + (place + side) * width:.1f},{_height(share):.1f}"
        for place, share in enumerate(shares)
        for side in (0, 1)
    )


def _height(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 10) * share


def _svg(title: str, drawn: str, ends: tuple[str, str], top: str) -> str:
    axis = f'<path class="axis" d="M{LEFT},8V{HEIGHT - BOTTOM}H{WIDTH}"/>'
    letters = (
        f'<text x="{LEFT}" y="{HEIGHT - 4}">{escape(ends[0])}</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 4}" text-anchor="end">{escape(ends[1])}</text>'
        f'<text x="{LEFT - 4}" y="16" text-anchor="end">{top}</text>'
    )
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{drawn}{axis}{letters}</svg>"
    )
