"""Places lie on the land that is there."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.path import Path

from helpers import maps
from tests.figures import is_labeled
from tests.helpers.test_plots import ODD

pytestmark = pytest.mark.usefixtures("course_style")

PLACES = pd.DataFrame(
    {"label": [f"s{n}" for n in range(20)], "longitude": range(20), "latitude": range(20)}
)


@pytest.mark.parametrize(
    "longitude, latitude, on_land",
    [(13.4, 52.5, True), (-58.4, -34.6, True), (-30.0, 40.0, False), (4.0, 56.0, False)],
    ids=["Berlin", "Buenos Aires", "Atlantic", "North Sea"],
)
def test_outlines_tell_land_from_sea(longitude, latitude, on_land):
    rings = (Path(ring) for ring in maps.outlines())
    assert any(ring.contains_point((longitude, latitude)) for ring in rings) == on_land


def test_a_thinned_outline_keeps_its_place():
    ring = np.array([[0, 0], [0.001, 0], [1, 0], [1, 1], [1, 1.001], [0, 0]])
    assert maps.thinned(ring).tolist() == [[0, 0], [1, 0], [1, 1], [0, 0]]


def test_the_map_is_labeled_and_ends_just_beyond_the_outermost_places():
    [axes] = maps.places(PLACES, hue="label", title="T").axes
    assert is_labeled(axes) and axes.get_title(loc="left") == "T"
    assert axes.get_xlim() == (-maps.MARGIN, 19 + maps.MARGIN)
    assert axes.get_ylim() == (-maps.MARGIN, 19 + maps.MARGIN)


def test_every_class_is_in_the_legend_whatever_its_letters(tmp_path):
    placed = pd.DataFrame({"label": ODD, "longitude": range(10), "latitude": range(10)})
    figure = maps.places(placed, hue="label", title="T")
    assert len(figure.axes[0].get_legend().get_texts()) == len(ODD)
    figure.savefig(tmp_path / "figure.png")  # warnings are errors
