"""The timeline of an update shows what failed, the alarm, and each state once."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.update_plots import update_timeline


@pytest.fixture
def rounds():
    return pd.DataFrame(
        {
            "seconds": [0.0, 20, 40, 60, 80],
            "status": ["Updating", "Updating", "RollingBack", "RollingBack", "InService"],
            "alarms": ["", "", "birds-errors", "birds-errors", ""],
            "requests": [10] * 5,
            "failed": [0, 5, 5, 0, 0],
        }
    )


def test_the_line_is_the_share_of_failed_requests(rounds):
    upper, _ = update_timeline(rounds, title="Update").axes
    assert upper.lines[0].get_ydata().tolist() == [0, 50, 50, 0, 0]
    plt.close("all")


def test_each_state_has_one_bar_and_the_alarm_its_own(rounds):
    _, lower = update_timeline(rounds, title="Update").axes
    words = [text.get_text().strip() for text in lower.texts]
    assert words == ["Updating", "RollingBack", "InService", "ALARM"]
    spans = [(bar.get_x(), bar.get_width()) for bar in lower.patches]
    assert spans == [(0, 40), (40, 40), (80, 0), (40, 40)]
    plt.close("all")
