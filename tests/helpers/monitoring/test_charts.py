"""A plot is whole SVG, says what it shows, and escapes what comes from data."""

from xml.etree import ElementTree

import pytest

from helpers.monitoring import charts

DRAWN = {
    "histogram": charts.histogram([1, 2, 3, 4], [2, 3], "a & b"),
    "constant": charts.histogram([1, 1], [1], "a & b"),
    "bars": charts.bars({"<x>": 0.5, "y": 0.5}, {"z": 1.0}, "a & b"),
    "no bars": charts.bars({}, {}, "a & b"),
    "curve": charts.curve([0, 1, 2], [0, 0.5, 1], "a & b"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_is_whole_and_says_what_it_shows(name):
    root = ElementTree.fromstring(DRAWN[name])
    assert root.tag == "svg" and root.get("aria-label") == "a & b"


def test_a_curve_goes_up_where_the_share_does():
    line = ElementTree.fromstring(DRAWN["curve"]).find("polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert heights == sorted(heights, reverse=True)


def test_there_is_a_bar_for_each_category_in_each_set():
    assert len(ElementTree.fromstring(DRAWN["bars"]).findall("rect")) == 6


def test_a_gauge_has_its_bar_and_its_mark():
    root = ElementTree.fromstring(charts.gauge(0.4, 0.2))
    bar, mark = root.findall("rect")
    assert float(bar.get("width")) == pytest.approx(2 * float(mark.get("x")), rel=0.01)
    assert bar.get("class") == "line"
    assert ElementTree.fromstring(charts.gauge(0.1, 0.2)).find("rect").get("class") == "base"
