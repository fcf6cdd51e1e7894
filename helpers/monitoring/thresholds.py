"""Thresholds with a stated false-alarm rate, and the power to see a shift; knows no feature's name.

Windows of the real size are drawn from the baseline, and each is compared with the rest of it: what
a window of the same traffic would show. A check's threshold is exceeded by at most its share of the
windows. All checks of a report share one rate, by Bonferroni's correction, so the checks may
depend on each other. Objects of one group (a recordist's) resemble each other: they are drawn
together, as they come.
Source: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005, chapter 3.
"""

from collections.abc import Sequence

import numpy as np

from helpers.monitoring import distances

RATE = 0.05
"""Share of the reports on unchanged traffic that may raise an alarm."""
ROUNDS = 2000
SURE = 0.95
"""Confidence that a threshold is exceeded by its share of windows at most."""
POWER_ROUNDS = 200
SHIFT = 0.75
"""The shift for which a report states its power: standard deviations of the baseline."""
SHARE = 0.3
"""The same for categories: share of the objects that get another one."""


def windows(groups: Sequence[str], size: int, rounds: int, rng: np.random.Generator) -> np.ndarray:
    """Draw windows of whole groups in random order: bool (rounds, objects).

    The last group of a window is cut off where it is full. A window is at most half of the
    baseline: a larger one would leave too little to compare it with, and needs no smaller distance.
    """
    _, member = np.unique(np.asarray(groups, str), return_inverse=True)
    size = min(size, len(member) // 2)
    if size < 1:
        raise ValueError("A baseline has at least two objects")
    order = rng.random((rounds, int(member.max()) + 1))[:, member] + 1e-9 * rng.random(
        (rounds, len(member))
    )
    chosen = np.argpartition(order, size - 1, axis=1)[:, :size]
    members = np.zeros(order.shape, bool)
    np.put_along_axis(members, chosen, True, axis=1)
    return members


class Walks:
    """Ways to part some objects by chance into a baseline and a window, for any of their columns.

    Along the objects in the order of their values, both cumulative shares go up from 0 to 1; how
    far apart they are on the way does not depend on the values, so it is worked out once.
    """

    def __init__(self, base: int, window: int, rounds: int, rng: np.random.Generator) -> None:
        count = base + window
        chosen = np.argpartition(rng.random((rounds, count)), window - 1, axis=1)[:, :window]
        self.members = np.zeros((rounds, count), bool)
        """Who is in the window: bool (rounds, objects)."""
        np.put_along_axis(self.members, chosen, True, axis=1)
        inside = np.cumsum(self.members, axis=1, dtype=np.int32)
        outside = np.arange(1, count + 1, dtype=np.int32) - inside
        self._apart = np.abs(inside / window - outside / base)

    def distances(self, values: np.ndarray) -> np.ndarray:
        """Return the distance of each window from the rest, for the numbers of a column.

        Args:
            values: float (objects,), in any order.
        """
        # Equal values are one step of a cumulative share: it is read after the last of them.
        steps = np.append(np.diff(np.sort(values)) > 0, True)
        return self._apart[:, steps].max(1)


def least(window: int, base: int, share: float) -> float:
    """Return the share of a window that may have a value which the baseline lacks.

    If chance has parted both, all objects of that value are in the window with a probability of
    C(window, n) / C(base + window, n): this is the largest n for which it is more than `share`.
    """
    count, chance = 0, 1.0
    while count < window and chance > share:
        chance *= (window - count) / (base + window - count)
        count += 1
    return (count - 1) / window if chance <= share else 1.0


def strangers_rate(groups: Sequence[str], size: int) -> float | None:
    """Return the least rate that can be promised for windows of groups that the baseline lacks.

    Where objects come in groups, a baseline is worth no more than the windows that it can be cut
    into: the next one exceeds them all once in as many plus one, whatever the threshold's method,
    unless the law of the groups is known. None where each object is a group of its own.
    Source: Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005, chapter 2.
    """
    if len(set(groups)) == len(groups):
        return None
    return 1 / (len(groups) / size + 1)


def likely_losses(
    right: np.ndarray, size: int, rounds: int, rng: np.random.Generator
) -> np.ndarray:
    """Return how many fewer right answers windows may have, as shares, by the binomial law.

    The share itself is uncertain: it is drawn from Jeffreys' posterior. A baseline without a wrong
    answer would else promise that there never is one.
    Source: Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion, 2001.
    """
    share = rng.beta(right.sum() + 0.5, len(right) - right.sum() + 0.5, rounds)
    return np.maximum(0, right.mean() - rng.binomial(size, share) / size)


def limit(values: np.ndarray, share: float) -> float:
    """Return a value that at most `share` of windows like these exceed, with `SURE` confidence.

    Some windows only are drawn, so the value that just `share` of them exceed would be exceeded
    more often half of the time. This is an upper tolerance limit without an assumption on the law:
    Wilks, Determination of Sample Sizes for Setting Tolerance Limits, 1941.

    Raises:
        ValueError: there are too few to tell such a share.
    """
    count, beyond, chance = len(values), 0, (1 - share) ** len(values)
    term = chance
    if chance > 1 - SURE:
        raise ValueError(f"{count} windows can't tell a share of {share:g}: draw more")
    while True:
        term *= (count - beyond) / (beyond + 1) * share / (1 - share)
        if chance + term > 1 - SURE:
            return float(np.sort(values)[count - 1 - beyond])
        chance, beyond = chance + term, beyond + 1


def power(values: np.ndarray, members: np.ndarray, threshold: float, shift: float) -> float:
    """Return the share of windows that are seen after `shift` was added to their numbers."""
    seen = [
        distances.of_numbers(values[~inside], values[inside] + shift) > threshold
        for inside in members
    ]
    return float(np.mean(seen))


def loss_power(
    right: np.ndarray, members: np.ndarray, threshold: float, share: float, rng: np.random.Generator
) -> float:
    """Return the share of windows that are seen after `share` of the right answers became wrong."""
    seen = []
    for inside in members:
        window = right[inside] * (rng.random(inside.sum()) >= share)
        seen.append(right[~inside].mean() - window.mean() > threshold)
    return float(np.mean(seen))


def category_power(
    codes: np.ndarray, members: np.ndarray, threshold: float, share: float, rng: np.random.Generator
) -> float:
    """Return the share of windows that are seen after `share` of their objects got one category.

    It is the most frequent one: a model that is unsure falls back on it.
    """
    count = int(codes.max()) + 1
    usual = int(np.bincount(codes).argmax())
    seen = []
    for inside in members:
        window = codes[inside].copy()
        window[rng.random(len(window)) < share] = usual
        rest, now = (np.bincount(each, minlength=count) for each in (codes[~inside], window))
        seen.append(distances.of_counts(rest, now) > threshold)
    return float(np.mean(seen))
