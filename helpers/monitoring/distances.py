"""Distances between two sets of values; knows numbers and counts, no thresholds.

Both are the largest difference (L-infinity), Model Monitor's `Simple` comparison: of cumulative
shares for numbers, which is the statistic of Kolmogorov and Smirnov; of shares for categories.
NumPy has no such function, and the processing image no SciPy; a test holds them against SciPy's.
"""

import numpy as np


def of_numbers(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of the cumulative shares of two sets of numbers."""
    points = np.concatenate([one, other])
    shares = (
        np.searchsorted(np.sort(each), points, side="right") / len(each) for each in (one, other)
    )
    return float(np.abs(np.subtract(*shares)).max())


def of_counts(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of the shares of two sets' categories, from their counts."""
    return float(np.abs(one / one.sum() - other / other.sum()).max())


def of_windows(values: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the distance of each window of some numbers from all the others.

    Args:
        values: float (objects,).
        members: bool (windows, objects), true for the objects in a window.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    # Equal values are one step of a cumulative share: it is read after the last of them.
    steps = np.append(np.diff(ordered) > 0, True)
    inside = np.cumsum(members[:, order], axis=1, dtype=np.float32)[:, steps]
    behind = (np.arange(1, len(values) + 1, dtype=np.float32))[steps]
    size = members.sum(1, keepdims=True)
    return np.abs(inside / size - (behind - inside) / (len(values) - size)).max(1)


def of_category_windows(codes: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the distance of each window of some categories from all the others.

    Args:
        codes: int (objects,), the number of each object's category.
        members: bool (windows, objects).
    """
    each = np.eye(int(codes.max()) + 1, dtype=np.float32)[codes]
    inside = members.astype(np.float32) @ each
    size = members.sum(1, keepdims=True)
    return np.abs(inside / size - (each.sum(0) - inside) / (len(codes) - size)).max(1)


def of_losses(right: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return how much lower each window's share of right answers is than that of all the others.

    Args:
        right: 0 or 1 (objects,).
        members: bool (windows, objects).
    """
    inside, size = members @ right, members.sum(1)
    return np.maximum(0, (right.sum() - inside) / (len(right) - size) - inside / size)
