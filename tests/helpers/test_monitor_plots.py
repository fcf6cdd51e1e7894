"""The plots show each feature of each window, and the intervals as they are."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import monitor_plots

TABLE = pd.DataFrame(
    {"distance": [0.1, 0.9], "threshold": [0.2, 0.1]}, index=["level", "voice"]
)  # fmt: skip


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_distance_is_drawn_in_thresholds_up_to_the_most():
    axes = monitor_plots.distances({"a": TABLE, "b": TABLE[:1]}, title="t").axes[0]
    assert axes.lines[0].get_xdata().tolist() == [0.5, monitor_plots.MOST]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["voice", "level"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]


def test_each_feature_has_a_curve_of_power_in_percent():
    curves = {f"f{i}": [0.0, 0.5, 1.0] for i in range(10)}
    axes = monitor_plots.power([0, 1, 2], curves, title="t").axes[0]
    assert len(axes.lines) == 10 and axes.lines[9].get_ydata().tolist() == [0, 50, 100]
    styles = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(styles) == 10


def test_an_accuracy_has_its_interval():
    table = pd.DataFrame({"accuracy": [0.9], "low": [0.8], "high": [0.95]}, index=["rain"])
    axes = monitor_plots.accuracies(table, title="t").axes[0]
    (segment,) = axes.collections[0].get_segments()
    assert segment[:, 0].tolist() == pytest.approx([0.8, 0.95])
