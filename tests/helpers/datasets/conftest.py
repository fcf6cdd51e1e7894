"""Answers of a network, for tests of scores."""

import numpy as np
import pytest


@pytest.fixture
def answers():
    """Return probabilities and targets of 60 samples; class 3 has none."""
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(np.ones(4), 60)
    return chances, rng.integers(0, 3, 60)
