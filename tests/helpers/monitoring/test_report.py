"""The page says rate, window and power, shows each check, and loads nothing from elsewhere."""

import re

import pytest

from helpers.monitoring.checks import Settings, check
from helpers.monitoring.observations import Observations
from helpers.monitoring.report import SHIFTS, power_curve, report
from tests.helpers.monitoring.made_windows import made

FEW = Settings(power_rounds=20)


@pytest.fixture(scope="module")
def page():
    base, window = made(300), made(60, seed=1, shift=2)
    window.unreadable["<b>evil</b>"] = "no <i>sound</i>"
    return report(base, window, check(base, window, FEW), FEW, title="Birds & bins")


def test_it_says_rate_window_and_power(page):
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "60 objects against 300 of the baseline" in text
    assert "at most 5% of the reports" in text and "at most 1.00% of windows" in text
    assert "0.75 standard deviations" in text and re.search(r"level input .* fired 100%", text)


def test_every_comparison_has_a_row_and_a_plot(page):
    for name in ("level", "zeros", "label", "confidence", "right"):
        assert f"<th>{name}</th>" in page and re.search(f"figcaption class='[a-z]*'>{name}<", page)


def test_what_comes_from_data_is_escaped(page):
    assert "<b>evil" not in page and "no <i>" not in page and "Birds &amp; bins" in page


def test_it_loads_nothing(page):
    assert not re.search(r"(?:src|href)=|url\(|<script|@import", page)


def test_it_has_colors_for_light_and_dark(page):
    assert "prefers-color-scheme:dark" in page and "color-scheme:light dark" in page


def test_a_curve_of_power_begins_near_nothing_and_ends_at_all():
    shares = power_curve(made(300).columns["level"], 60, 0.26)
    assert len(shares) == len(SHIFTS) and shares[0] < 0.1 and shares[-1] == 1


def test_what_was_not_compared_is_named_with_the_reason():
    base, window = made(300), made(9)
    text = report(base, window, check(base, window, FEW), FEW, title="t")
    assert text.count("Not compared: 9 values in the window, 10 are needed") == 5


def test_of_a_window_in_which_nothing_came_nothing_is_said_to_be_fine():
    text = report(made(300), Observations(), [], FEW, title="t")
    assert "Nothing was captured, so nothing is known" in text and "0 of 0" not in text
