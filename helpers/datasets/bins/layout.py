"""Arranges items in a bin's cell so that each can be seen; knows inches, no pixels."""

from dataclasses import dataclass

import numpy as np

from helpers.datasets.bins.catalog import Item

CAMERA = 48.0
"""Inches from the camera to the opening."""
DEPTH = 12.0
"""Inches from the opening to the back wall."""
VISIBLE = 0.8
"""Share of each unit's front that must be seen; below it a unit can't be counted."""
TURNS = 8
"""Ways to put a unit that are tried before the cell counts as full."""
GRID = 0.25
"""Inches a cell of the grid on which visibility is measured."""


@dataclass(frozen=True)
class Cell:
    """One cell of a pod: its opening in inches."""

    width: float
    height: float

    def project(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Return where a point is seen in the plane of the opening, in inches from its top left.

        The camera looks at the middle of the opening's width, a little above its middle.
        """
        scale = CAMERA / (CAMERA + z)
        cx, cy = self.width / 2, self.height * 0.42
        return cx + (x - cx) * scale, cy + (y - cy) * scale


@dataclass(frozen=True)
class Unit:
    """One unit in its place: a box with its front at depth z, y growing downwards (inches)."""

    item: Item
    pose: str
    x: float
    y: float
    z: float
    width: float
    height: float
    depth: float
    lean: float = 0.0
    """Degrees that it tilts to the right."""


def draw_cell(rng: np.random.Generator) -> Cell:
    """Return a cell of one of the pods' sizes: mostly wide, some tall."""
    if rng.random() < 0.22:
        width = rng.uniform(9.5, 11.0)
        return Cell(width, width * rng.uniform(1.05, 1.3))
    width = rng.uniform(11.5, 14.5)
    return Cell(width, width * rng.uniform(0.52, 0.72))


def arrange(rng: np.random.Generator, items: list[Item], tries: int = 12) -> tuple | None:
    """Return a cell and units, one for each of `items`, back to front; None if none was found."""
    for _ in range(tries):
        cell = draw_cell(rng)
        units = _fill(rng, cell, items)
        if units is not None and (not units or min(seen(cell, units)) >= VISIBLE):
            return cell, units
    return None


def seen(cell: Cell, units: list[Unit]) -> list[float]:
    """Return the share of each unit's front that those before it leave to be seen."""
    shape = (int(cell.height / GRID) + 1, int(cell.width / GRID) + 1)
    owner = np.full(shape, -1)
    areas = []
    for index, unit in enumerate(units):
        left, top = cell.project(unit.x, unit.y, unit.z)
        right, bottom = cell.project(unit.x + unit.width, unit.y + unit.height, unit.z)
        rows = slice(max(0, round(top / GRID)), round(bottom / GRID))
        columns = slice(max(0, round(left / GRID)), round(right / GRID))
        areas.append(max(1.0, (right - left) * (bottom - top) / GRID**2))
        owner[rows, columns] = index
    return [float((owner == index).sum()) / area for index, area in enumerate(areas)]


def _fill(rng: np.random.Generator, cell: Cell, items: list[Item]) -> list[Unit] | None:
    """Stand and stack units from one side to the other; None when the cell is full too early."""
    columns: list[list[Unit]] = []
    x = rng.uniform(0.1, 0.5)
    for item in items:
        for _ in range(TURNS):
            pose, (width, height, depth) = _pose(rng, item, cell, crowd=len(items))
            base = _carrier(rng, columns, width, height)
            if base is not None:
                left = base[-1].x + rng.uniform(0, base[-1].width - width)
                top, z = base[-1].y - height, base[-1].z
                base.append(Unit(item, pose, left, top, z, width, height, depth))
                break
            if x + width < cell.width - 0.1 and height < cell.height - 0.3:
                top, z = cell.height - height, rng.uniform(0.3, 2.5)
                columns.append([Unit(item, pose, x, top, z, width, height, depth)])
                behind = rng.random() < 0.15  # the next one reaches behind this one
                x += width * rng.uniform(0.85, 0.95) if behind else width + rng.uniform(0.2, 0.6)
                break
        else:
            return None
    units = _spread(rng, columns, cell.width)
    return sorted(units, key=lambda unit: -unit.z)


def _pose(rng: np.random.Generator, item: Item, cell: Cell, crowd: int) -> tuple[str, tuple]:
    """Choose how a unit lies, narrow in a crowd; return the pose, width, height, depth as seen."""
    length, width, height = item.sides
    poses = {"flat": (length, height, width), "face": (width, length, height)}
    if item.kind in ("book", "carton", "cardboard"):
        poses["spine"] = (height, length, width)
        poses["side"] = (length, width, height)
    if item.kind in ("bottle", "jar"):
        poses = {"face": (width, length, height)}
    if item.kind in ("plush", "bag", "blister"):
        poses = {"face": (width, length, height), "side": (length, width, height)}
    fitting = [name for name, (w, h, _) in poses.items() if h < cell.height - 0.4]
    names = fitting or list(poses)
    room = np.array([(poses[name][0] * poses[name][1]) ** (-crowd / 4) for name in names])
    name = str(rng.choice(names, p=room / room.sum()))
    return name, poses[name]


def _carrier(rng: np.random.Generator, columns: list[list[Unit]], width: float, height: float):
    """Return a column that can carry a unit of this size, or None to take the floor."""
    fitting = [column for column in columns if _carries(column[-1], width, height)]
    if not fitting or rng.random() < 0.5:
        return None
    return fitting[rng.integers(len(fitting))]


def _carries(top: Unit, width: float, height: float) -> bool:
    """Return whether a unit is flat on top, wide enough, and has room above."""
    flat = top.item.kind in ("book", "carton", "cardboard")
    return flat and width <= top.width and top.y - height > 0.3


def _spread(rng: np.random.Generator, columns: list[list[Unit]], width: float) -> list[Unit]:
    """Shift columns to the right by random parts of the room that is left."""
    used = max((u.x + u.width for column in columns for u in column), default=0.0)
    spare = max(0.0, width - 0.1 - used)
    cuts = np.sort(rng.uniform(0, spare * rng.uniform(0.0, 1.0), len(columns)))
    return [
        Unit(u.item, u.pose, u.x + float(cut), u.y, u.z, u.width, u.height, u.depth)
        for cut, column in zip(cuts, columns, strict=True)
        for u in column
    ]
