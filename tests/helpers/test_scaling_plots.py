"""The timeline of a load shows the load, the instances and the times of the answers."""

import matplotlib.pyplot as plt
import pandas as pd

from helpers.scaling_plots import scaling_timeline


def test_load_instances_and_times_are_drawn():
    minutes = pd.DataFrame(
        {"load": [1, 4, 1], "running": [1, 1, 4], "p50 ms": [5.0, 9, 5], "p99 ms": [8.0, 20, 9]}
    )
    upper, lower = scaling_timeline(minutes, title="Load").axes
    assert [bar.get_height() for bar in upper.patches] == [1, 4, 1]
    assert upper.lines[0].get_ydata().tolist() == [1, 1, 4]
    assert [line.get_ydata().tolist() for line in lower.lines] == [[8, 20, 9], [5, 9, 5]]
    plt.close("all")
