"""Every figure of a plan has a title and units, and shows what its table has."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.planning import figures
from helpers.planning.allreduce import AllReduce, predicted
from helpers.planning.plan import TOO_LARGE, plan
from helpers.planning.scaling import Step, speedups
from helpers.planning.spot import SpotJob, periods

POINTS = pd.DataFrame({"mbit": [100, 400], "ranks": 2, "megabytes": 4, "seconds": [0.3, 0.1]})
READ = pd.DataFrame(
    {
        "mode": ["File", "Pipe"] * 2,
        "network": ["loopback"] * 2 + ["slow"] * 2,
        "to first batch s": [1.0, 2, 3, 4],
        "samples a second": [4.0, 3, 2, 1],
    }
)
MODEL = AllReduce(0.0, 0.0, 1.0)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawings():
    pairs = predicted(MODEL, POINTS)
    return {
        "plan": lambda: plan().draw(),
        "reading": lambda: figures.reading(READ, title="Reading"),
        "points": lambda: figures.allreduce_points(pairs, pairs, title="All-reduce"),
        "speedup": lambda: figures.speedup_curves(
            speedups(["ml.g4dn.xlarge"], [1, 2], Step(1, 10)), title="Speedup"
        ),
        "checkpoints": lambda: figures.checkpoint_periods(
            periods(SpotJob(3600, 3600), [60, 600], runs=5), 300, title="Checkpoints"
        ),
        "bars": lambda: figures.bars(pd.Series({"S3": 1.0}), title="Bill", xlabel="dollars"),
    }


@pytest.mark.parametrize("name", drawings())
def test_it_has_a_title_and_every_axis_a_unit(name):
    figure = drawings()[name]()
    figure.canvas.draw()
    assert any(axes.get_title(loc="left") or axes.get_title() for axes in figure.axes)
    assert all(axes.get_xlabel() for axes in figure.axes)


def test_a_mode_that_can_not_be_is_named_in_the_figure():
    texts = [text.get_text() for axes in plan().draw().axes for text in axes.texts]
    assert texts.count(TOO_LARGE) == 1


@pytest.mark.parametrize("gigabytes, words", [(10, "10 GB"), (1000, "1 TB"), (30_000, "30 TB")])
def test_sizes_in_words(gigabytes, words):
    assert figures.size_words(gigabytes) == words
