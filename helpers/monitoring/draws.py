"""What chance shows of one baseline's columns: windows that it could send, and their distances.

Windows are drawn from the baseline by whole groups, as they come; and for a window that has come,
the objects of both are parted anew. Both are drawn once for a size, for all columns of the same
objects: that a report's checks depend on each other is covered by the correction for their number.
It knows no check and no rate.
"""

import numpy as np

from helpers.monitoring import distances, thresholds
from helpers.monitoring.observations import RIGHT, Column


class Draws:
    """Draws for one baseline; a column is without the objects that have no value."""

    def __init__(self, rounds: int, seed: int) -> None:
        self._rounds, self._seed = rounds, seed
        self._members: dict[tuple, np.ndarray] = {}
        self._walks: dict[tuple[int, int], thresholds.Walks] = {}

    def null(self, name: str, base: Column, size: int) -> np.ndarray:
        """Return the distances of windows that are drawn from the baseline, by whole groups."""
        members = self._drawn(base, size)
        if not base.is_number:
            return distances.of_category_windows(_codes(base.values), members)
        values = np.array(base.values, float)
        if name != RIGHT:
            return distances.of_windows(values, members)
        rounds, rng = self._rounds, self._rng
        # Both are losses of windows: by groups, and by the law of a share that is uncertain.
        likely = thresholds.likely_losses(values, size, rounds, rng)
        return np.maximum(np.sort(distances.of_losses(values, members)), np.sort(likely))

    def pooled(self, name: str, base: Column, now: Column) -> np.ndarray:
        """Return how baseline and window could differ, had chance parted their objects."""
        walks, values = self._parted(base, now), [*base.values, *now.values]
        if not base.is_number:
            return distances.of_category_windows(_codes(values), walks.members)
        if name == RIGHT:
            return distances.of_losses(np.array(values, float), walks.members)
        return walks.distances(np.array(values, float))

    def gaps(self, base: Column, now: Column) -> np.ndarray:
        """Return how much less complete a window could be than a baseline with gaps, by chance."""
        flags = np.array([value is not None for value in (*base.values, *now.values)], float)
        return distances.of_losses(flags, self._parted(base, now).members)

    def power(self, name: str, base: Column, size: int, threshold: float, rounds: int) -> float:
        """Return the share of windows in which the stated shift exceeds a threshold."""
        members = self._drawn(base, size)[:rounds]
        rng = self._rng
        if not base.is_number:
            codes = _codes(base.values)
            return thresholds.category_power(codes, members, threshold, thresholds.SHARE, rng)
        values = np.array(base.values, float)
        if name == RIGHT:
            return thresholds.loss_power(values, members, threshold, thresholds.SHARE, rng)
        return thresholds.power(values, members, threshold, thresholds.SHIFT * values.std())

    def _parted(self, base: Column, now: Column) -> thresholds.Walks:
        size = len(base.values), len(now.values)
        if size not in self._walks:
            self._walks[size] = thresholds.Walks(*size, self._rounds, self._rng)
        return self._walks[size]

    def _drawn(self, base: Column, size: int) -> np.ndarray:
        """Return windows of a column's objects, the same for all columns of the same objects."""
        key = tuple(base.groups), size
        if key not in self._members:
            self._members[key] = thresholds.windows(base.groups, size, self._rounds, self._rng)
        return self._members[key]

    @property
    def _rng(self) -> np.random.Generator:
        """Return a generator of its own for each draw: none depends on what was asked before."""
        return np.random.default_rng(self._seed)


def _codes(values: list) -> np.ndarray:
    """Return categories as numbers from 0 on."""
    return np.unique(np.array(values, str), return_inverse=True)[1]
