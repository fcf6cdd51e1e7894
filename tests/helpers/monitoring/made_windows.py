"""Baselines and windows with every kind of column, for tests; made, not measured."""

import numpy as np

from helpers.monitoring.observations import Column, Observations


def made(count: int, seed: int = 0, shift: float = 0.0, right: float = 0.9) -> Observations:
    """Return observations of independent objects; `shift` moves the column `level` alone."""
    rng = np.random.default_rng(seed)
    groups = [str(i) for i in range(count)]
    columns = {
        "level": rng.normal(shift, 1, count),
        "zeros": rng.exponential(size=count) * (rng.random(count) < 0.1),
        "label": rng.choice(["a", "b", "c"], count, p=[0.5, 0.3, 0.2]),
        "confidence": rng.beta(8, 1, count),
        "right": (rng.random(count) < right).astype(float),
    }
    return Observations({name: Column(v.tolist(), groups) for name, v in columns.items()})
