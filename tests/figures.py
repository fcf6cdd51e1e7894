"""What every figure of the course has to have."""

import re

NUMBER = re.compile(r"[−-]?[\d.,]*")


def is_labeled(axes) -> bool:
    """Say whether a reader learns what both axes are: by a label, or by names at their ticks."""
    axes.figure.canvas.draw()
    row = axes.get_shared_y_axes().get_siblings(axes)
    sides = [(axes.get_xlabel(), axes.get_xticklabels())]
    sides.append(("".join(each.get_ylabel() for each in row), axes.get_yticklabels()))
    return all(
        label or any(not NUMBER.fullmatch(tick.get_text()) for tick in ticks)
        for label, ticks in sides
    )


def shown(figure) -> list:
    """Return the axes of a figure that are drawn, color bars aside."""
    return [
        axes
        for axes in figure.axes
        if axes.get_visible() and axes.get_label() != "<colorbar>" and axes.axison
    ]
