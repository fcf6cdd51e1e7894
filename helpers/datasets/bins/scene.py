"""Photographs a filled cell: walls, items, elastic bands, light, lens, JPEG; chooses no items."""

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from helpers.datasets.bins.bottles_and_bags import paint
from helpers.datasets.bins.boxes import body, shade, write
from helpers.datasets.bins.layout import DEPTH, Cell, Unit

GRAIN = 1400
"""Pixels a side of the noise that photos are cut from: drawing it anew took a fifth of the time."""
FABRIC = (232, 208, 148)
ROWS = {"A": (235, 190, 90), "B": (60, 40, 95), "C": (240, 205, 130), "D": (120, 165, 205)}
ROWS |= {"E": (95, 95, 105), "F": (215, 75, 60), "G": (55, 60, 110), "H": (235, 160, 170)}
ROWS |= {"I": (225, 130, 60), "J": (120, 75, 60)}
"""Color of the label of each row of cells."""


def photograph(rng: np.random.Generator, cell: Cell, units: list[Unit]) -> Image.Image:
    """Return an RGB photo of a cell of a pod; `units` come back to front."""
    scale = rng.uniform(27, 40)  # pixels an inch
    frame = _Frame(rng, cell, scale)
    photo = frame.empty()
    for unit in units:
        _put(photo, frame, unit)
    _shade_inside(photo, frame, rng)
    _stretch_bands(photo, frame, rng)
    frame.draw_lips(photo, rng)
    return _develop(photo, rng)


def to_jpeg(photo: Image.Image, exif: bytes = b"") -> bytes:
    """Return a photo as the real ones are stored: quality 95, chroma halved, no EXIF."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=95, subsampling="4:2:0", exif=exif)
    return buffer.getvalue()


class _Frame:
    """The opening of one cell on the picture: from inches to pixels, and its surroundings."""

    def __init__(self, rng: np.random.Generator, cell: Cell, scale: float):
        self.cell, self.scale = cell, scale
        self.left, self.right = rng.uniform(0.1, 0.6, 2) * scale
        self.top, self.bottom = rng.uniform(0.5, 1.3, 2) * scale
        self.size = (
            int(cell.width * scale + self.left + self.right),
            int(cell.height * scale + self.top + self.bottom),
        )

    def at(self, x: float, y: float, z: float = 0.0) -> tuple[float, float]:
        """Return the pixel of a point in inches."""
        px, py = self.cell.project(x, y, z)
        return self.left + px * self.scale, self.top + py * self.scale

    def empty(self) -> Image.Image:
        """Return the cell without goods: back wall, side walls, floor, ceiling, fabric around."""
        w, h = self.cell.width, self.cell.height
        photo = Image.new("RGB", self.size, FABRIC)
        draw = ImageDraw.Draw(photo)
        near = [self.at(x, y) for x, y in ((0, 0), (w, 0), (w, h), (0, h))]
        far = [self.at(x, y, DEPTH) for x, y in ((0, 0), (w, 0), (w, h), (0, h))]
        walls = ((104, 92, 68), (176, 158, 106), (172, 156, 132), (160, 142, 96))
        for side, color in enumerate(walls):  # ceiling, right, floor, left
            other = (side + 1) % 4
            draw.polygon([near[side], near[other], far[other], far[side]], fill=color)
        draw.polygon(far, fill=(152, 134, 92))
        return photo

    def draw_lips(self, photo: Image.Image, rng: np.random.Generator) -> None:
        """Draw the fabric above and below the opening, with the labels of two cells."""
        width, height = self.size
        draw = ImageDraw.Draw(photo)
        column, row = int(rng.integers(1, 5)), int(rng.integers(0, len(ROWS) - 1))
        for upper, name in ((True, list(ROWS)[row + 1]), (False, list(ROWS)[row])):
            edge = self.top if upper else height - self.bottom
            sag = rng.uniform(2, 0.35 * self.scale)
            xs = np.linspace(0, width, 17)
            curve = [(x, edge + sag * (1 - (2 * x / width - 1) ** 2)) for x in xs]
            if not upper:
                curve = [(x, y - sag * 0.6) for x, y in curve]
            outer = 0 if upper else height
            fabric = shade(FABRIC, rng.uniform(0.9, 1.05))
            draw.polygon([(0, outer), *curve, (width, outer)], fill=fabric)
            draw.line(curve, fill=shade(fabric, 0.72), width=2)
            seam = [(x, y + (-5 if upper else 5)) for x, y in curve]
            draw.line(seam, fill=shade(fabric, 0.9), width=1)
            middle = width * rng.uniform(0.4, 0.6)
            _label(photo, rng, f"{column}{name}", (middle, (edge + outer) / 2), self.scale)


def _put(photo: Image.Image, frame: _Frame, unit: Unit) -> None:
    """Draw one unit: its shadow, the sides that the camera sees, its front."""
    left, top = frame.at(unit.x, unit.y, unit.z)
    right, bottom = frame.at(unit.x + unit.width, unit.y + unit.height, unit.z)
    size = max(4, round(right - left)), max(4, round(bottom - top))
    _cast_shadow(photo, (left, top, right, bottom), frame.scale)
    if unit.item.kind in ("book", "carton", "cardboard"):
        _draw_sides(photo, frame, unit)
    tile = paint(unit.item, unit.pose, size)
    photo.paste(tile, (round(left), round(top)), tile)


def _cast_shadow(photo: Image.Image, box: tuple, scale: float) -> None:
    """Darken the surroundings of a unit."""
    reach = int(0.45 * scale)
    width, height = int(box[2] - box[0]) + 2 * reach, int(box[3] - box[1]) + 2 * reach
    mask = Image.new("L", (width // 4, height // 4))
    inner = reach // 4
    ImageDraw.Draw(mask).rectangle((inner, inner, width // 4 - inner, height // 4), fill=150)
    mask = mask.filter(ImageFilter.BoxBlur(inner / 2)).resize((width, height))
    photo.paste((22, 16, 10), (int(box[0]) - reach, int(box[1]) - reach), mask)


def _draw_sides(photo: Image.Image, frame: _Frame, unit: Unit) -> None:
    """Draw a box's top and the side that faces the middle of the cell."""
    x0, x1, y0, y1 = unit.x, unit.x + unit.width, unit.y, unit.y + unit.height
    z0, z1 = unit.z, min(DEPTH, unit.z + unit.depth)
    draw = ImageDraw.Draw(photo)
    color = body(unit.item)
    faces = [
        ([(x0, y0), (x1, y0)], 0.85),
        ([(x0, y0), (x0, y1)], 0.55),
        ([(x1, y0), (x1, y1)], 0.6),
    ]
    for ((ax, ay), (bx, by)), light in faces:
        corners = [frame.at(ax, ay, z0), frame.at(bx, by, z0)]
        corners += [frame.at(bx, by, z1), frame.at(ax, ay, z1)]
        draw.polygon(corners, fill=shade(color, light), outline=shade(color, light * 0.7))


def _shade_inside(photo: Image.Image, frame: _Frame, rng: np.random.Generator) -> None:
    """Let light fall off toward the cell's ceiling and sides."""
    rows, columns = 24, 32
    y = np.linspace(0, 1, rows)[:, None]
    x = np.linspace(-1, 1, columns)[None, :]
    light = 0.62 + 0.36 * np.sqrt(y) - 0.16 * x**2 + rng.uniform(-0.12, 0.12) * x
    mask = Image.fromarray((255 * np.clip(light, 0, 1)).astype(np.uint8))
    box = (int(frame.left), int(frame.top))
    size = int(frame.cell.width * frame.scale), int(frame.cell.height * frame.scale)
    inside = photo.crop((*box, box[0] + size[0], box[1] + size[1]))
    dark = Image.merge("RGB", [mask.resize(size, Image.Resampling.BILINEAR)] * 3)
    photo.paste(ImageChops.multiply(inside, dark), box)


def _stretch_bands(photo: Image.Image, frame: _Frame, rng: np.random.Generator) -> None:
    """Draw the elastic bands across the opening: pale threads, a knitted patch at their end."""
    width, height = frame.size
    mask = Image.new("L", frame.size)
    draw = ImageDraw.Draw(mask)
    bands = 2 if frame.cell.height < 8.5 or rng.random() < 0.6 else 3
    opening = frame.cell.height * frame.scale
    strength = int(rng.uniform(120, 225))
    for band in range(bands):
        tall = rng.uniform(1.3, 2.3) * frame.scale
        middle = (
            frame.top + opening * ((band + 0.62) / bands * 0.95) + rng.normal(0, 0.02) * opening
        )
        threads = int(rng.integers(10, 15))
        tilt, sag = rng.normal(0, 0.012) * width, rng.normal(0, 0.02) * tall
        low, high = middle - tall / 2, middle + tall / 2
        draw.polygon(
            [(0, low), (width, low + tilt), (width, high + tilt), (0, high)],
            fill=int(strength * 0.24),
        )
        for y in np.linspace(low, high, threads) + rng.normal(0, tall / threads / 6, threads):
            bend = [(0, y), (width * 0.5, y + tilt / 2 + sag), (width, y + tilt)]
            draw.line(bend, fill=strength, width=1 if frame.scale < 33 else 2)
        if rng.random() < 0.7:
            draw.rectangle((width - 0.8 * frame.scale, low, width, high + tilt), fill=190)
    photo.paste((206, 194, 178), (0, 0), mask)


def _label(
    photo: Image.Image, rng: np.random.Generator, text: str, middle: tuple, scale: float
) -> None:
    """Draw a cell's label in its plastic sleeve: name, arrow, a square code."""
    tall, wide = 0.75 * scale, 3.4 * scale
    left, top = middle[0] - wide / 2, middle[1] - tall / 2
    draw = ImageDraw.Draw(photo)
    sleeve = (left - 5, top - 4, left + wide + 5, top + tall + 4)
    draw.rectangle(sleeve, fill=shade(FABRIC, 1.06), outline=(214, 190, 130))
    draw.rectangle((left, top, left + wide, top + tall), fill=ROWS[text[1]])
    draw.rectangle(
        (left + wide * 0.1, top + 2, left + wide * 0.5, top + tall - 2), fill=(238, 232, 220)
    )
    write(photo, text, (left + wide * 0.1, top, left + wide * 0.38, top + tall), (20, 18, 20))
    x, y, tip = left + wide * 0.43, middle[1], tall * 0.3
    draw.polygon([(x - tip / 2, y), (x, y - tip), (x + tip / 2, y)], fill=(20, 18, 20))
    draw.line((x, y - tip / 2, x, y + tip), fill=(20, 18, 20), width=2)
    code = rng.integers(0, 2, (9, 9), dtype=np.uint8) * 220 + 20
    side = int(tall * 0.9)
    square = Image.fromarray(code).resize((side, side), Image.Resampling.NEAREST)
    photo.paste(square, (int(left + wide * 0.62), int(top + tall * 0.05)))


def _develop(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Apply lens and sensor: a slight turn, blur, warm and uneven light, grain."""
    photo = _turn(photo, rng.normal(0, 0.7))
    out_of_focus = rng.random() < 0.06
    lens = ImageFilter.GaussianBlur(2.6) if out_of_focus else ImageFilter.BoxBlur(0.8)
    photo = ImageChops.multiply(photo.filter(lens), _light(rng, photo.size))
    grain = _grain(int(rng.integers(2, 4)))
    left, top = (int(rng.integers(GRAIN - side)) for side in photo.size)
    noise = grain.crop((left, top, left + photo.width, top + photo.height))
    return ImageChops.add(photo, noise, offset=10 - 128)


def _turn(photo: Image.Image, degrees: float) -> Image.Image:
    """Turn a photo by a little and cut off the empty corners."""
    width, height = photo.size
    turned = photo.rotate(degrees)  # its steps are lost in the lens's blur
    slope = abs(np.tan(np.radians(degrees)))
    x, y = int(height / 2 * slope) + 1, int(width / 2 * slope) + 1
    return turned.crop((x, y, width - x, height - y))


def _light(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Return the light on a photo: warm, from one side, uneven with wrinkles and reflections."""
    rows, columns = 6, 8
    slope = 1 + np.linspace(-1, 1, columns) * rng.uniform(-0.12, 0.12)
    light = rng.normal(1, 0.055, (rows, columns)) * slope * rng.uniform(0.68, 0.96)
    colors = np.clip(light[:, :, None] * np.array([1.0, 0.90, 0.87]), 0, 1)
    small = Image.fromarray((colors * 255).astype(np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)


@lru_cache(maxsize=4)
def _grain(sigma: int) -> Image.Image:
    """Return the sensor's noise around 128; each photo takes a random part of it."""
    noise = np.random.default_rng(sigma).normal(128, sigma, (GRAIN, GRAIN))
    return Image.merge("RGB", [Image.fromarray(noise.round().astype(np.uint8))] * 3)
