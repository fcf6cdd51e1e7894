"""The picture of an execution: each step has a box with its state, and no name leaves its box."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.patches import FancyBboxPatch

from helpers.automation.diagram import draw, lines_of
from helpers.automation.step_graph import Node
from helpers.plots import use_style

GRAPH = [
    Node("Live", "Lambda", (), 0, 0),
    Node("Train", "Training", ("Live",), 1, 0),
    Node("NotNewDataIsFit", "Fail", ("Live",), 1, 1),
    Node("Deploy", "Processing", ("Train",), 2, 0),
]
STEPS = pd.DataFrame(
    [("Live", "Succeeded", 1.4), ("Train", "Executing", None), ("NotNewDataIsFit", "Failed", 0.0)],
    columns=["step", "status", "seconds"],
)


@pytest.fixture
def axes():
    use_style()
    yield draw(GRAPH, STEPS, title="x: Executing").axes[0]
    plt.close("all")


def test_each_step_has_a_box_its_state_and_its_seconds(axes):
    texts = [text.get_text() for text in axes.texts if text.get_text()]
    boxes = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    assert len(boxes) == len(GRAPH)
    assert {"✓ 1 s", "… Executing", "✗ 0 s", "– not run"} <= set(texts)


def test_each_name_lies_within_its_box(axes):
    renderer = axes.figure.canvas.get_renderer()
    axes.figure.draw(renderer)
    boxes = [each.get_window_extent(renderer) for each in axes.patches]
    for text in axes.texts:
        if text.get_text():
            words = text.get_window_extent(renderer)
            assert any(box.x0 <= words.x0 and words.x1 <= box.x1 for box in boxes), text


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Live", "Live"),
        ("NewIsBetter", "New Is Better"),
        ("NotNewDataIsFit", "Not New Data\nIs Fit"),
        ("Register-RegisterModel", "Register\nRegister …"),
        ("a" * 40, "a" * 13 + "\n…"),
    ],
)
def test_a_name_is_parted_before_its_capitals(name, lines):
    assert lines_of(name) == lines
