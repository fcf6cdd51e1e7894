"""Paints bottles, jars, bags, plush, blister packs; knows pixels, nothing of cells or light."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from helpers.datasets.bins.boxes import (
    accent,
    barcode,
    body,
    book,
    cardboard,
    carton,
    ink,
    lines,
    shade,
    write,
)
from helpers.datasets.bins.catalog import Item


def paint(item: Item, pose: str, size: tuple[int, int]) -> Image.Image:
    """Return the front of `item` as RGBA of `size` pixels; the same item always looks the same."""
    rng = np.random.default_rng(item.look)
    tile = Image.new("RGBA", size, (0, 0, 0, 0))
    painters = {
        "carton": carton, "cardboard": cardboard, "book": book, "bottle": bottle, "jar": jar,
        "bag": bag, "plush": plush, "blister": blister,
    }  # fmt: skip
    painters[item.kind](rng, tile, item, pose)
    return tile


def bottle(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint a standing bottle: cap, shoulders, body, label."""
    width, height = tile.size
    base, tint = body(item), accent(rng)
    draw = ImageDraw.Draw(tile)
    neck, cap = rng.uniform(0.35, 0.6) * width, height * rng.uniform(0.1, 0.18)
    left, right = (width - neck) / 2, (width + neck) / 2
    shoulder = cap + height * rng.uniform(0.08, 0.16)
    draw.rectangle((left, 0, right, cap + 2), fill=ink(base) if rng.random() < 0.5 else tint)
    draw.rectangle((left + 1, cap, right - 1, shoulder), fill=base)
    draw.rounded_rectangle((0, cap * 1.1, width - 1, height - 1), radius=width * 0.3, fill=base)
    label = (0, height * rng.uniform(0.38, 0.48), width - 1, height * rng.uniform(0.8, 0.9))
    _label(rng, tile, item, label, tint)
    _round(tile)


def jar(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint a jar or tub: wide lid, body, label."""
    width, height = tile.size
    base, tint = body(item), accent(rng)
    draw = ImageDraw.Draw(tile)
    lid = height * rng.uniform(0.14, 0.24)
    draw.rounded_rectangle((0, lid * 0.8, width - 1, height - 1), radius=width * 0.1, fill=base)
    top = shade(ink(base), 0.9) if rng.random() < 0.5 else tint
    draw.rounded_rectangle((width * 0.04, 0, width * 0.96, lid), radius=lid * 0.3, fill=top)
    for x in np.arange(width * 0.06, width * 0.94, 3):
        draw.line((x, lid * 0.35, x, lid), fill=shade(top, 0.8))
    _label(rng, tile, item, (0, lid * 1.5, width - 1, height * 0.92), tint)
    _round(tile)


def bag(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint clothing folded into a clear plastic bag that glistens."""
    width, height = tile.size
    base = body(item)
    draw = ImageDraw.Draw(tile)
    outline = _wobbly(rng, width, height, 0.05)
    draw.polygon(outline, fill=(*base, 255))
    for _ in range(4):  # folds
        y = rng.uniform(0.1, 0.9) * height
        bend = [(0, y), (width * 0.5, y + rng.uniform(-12, 12)), (width, y + rng.uniform(-15, 15))]
        draw.line(bend, fill=(*shade(base, rng.choice([0.72, 1.15])), 255), width=3, joint="curve")
    if rng.random() < 0.7 and min(width, height) > 50:
        size = min(width, height) // 3
        barcode(tile, rng, int(width * 0.5), int(height * rng.uniform(0.2, 0.6)), size)
    _plastic(rng, tile, outline)


def plush(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint a soft toy: ears, head, belly, arms, a face; fur is a rough edge."""
    width, height = tile.size
    base = body(item)
    inner = shade(base, 1.25)
    draw = ImageDraw.Draw(tile)

    def spot(x: float, y: float, rx: float, ry: float, color: tuple) -> None:
        box = ((x - rx) * width, (y - ry) * height, (x + rx) * width, (y + ry) * height)
        draw.ellipse(box, fill=(*color, 255))

    ear = rng.uniform(0.08, 0.16)
    for side in (-1, 1):
        spot(0.5 + side * 0.26, 0.14, 0.12, ear, shade(base, 0.85))
        spot(0.5 + side * 0.34, 0.62, 0.15, 0.13, shade(base, 0.85))
        spot(0.5 + side * 0.24, 0.88, 0.2, 0.12, shade(base, 0.92))
    spot(0.5, 0.68, 0.36, 0.3, base)
    spot(0.5, 0.7, 0.22, 0.2, inner)
    spot(0.5, 0.3, 0.36, 0.26, shade(base, 1.06))
    spot(0.5, 0.38, 0.15, 0.11, inner)
    for side in (-1, 1):
        spot(0.5 + side * 0.14, 0.26, 0.035, 0.03, (20, 18, 18))
    spot(0.5, 0.35, 0.05, 0.03, (40, 26, 24))
    fur = rng.integers(0, 90, (height // 2 + 1, width // 2 + 1), dtype=np.uint8)
    rough = Image.fromarray(fur).resize((width, height), Image.Resampling.NEAREST)
    tile.paste((0, 0, 0), (0, 0), ImageChops.multiply(rough, tile.getchannel("A")))


def blister(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint a printed card with a clear dome over a toy."""
    width, height = tile.size
    base, tint = body(item), accent(rng)
    draw = ImageDraw.Draw(tile)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=6, fill=base)
    draw.ellipse((width * 0.45, 4, width * 0.55, 10), fill=(60, 50, 44))
    brand = item.name.split()[0].upper()
    write(tile, brand, (width * 0.1, height * 0.06, width * 0.9, height * 0.26), ink(base))
    dome = (width * 0.2, height * 0.32, width * 0.8, height * 0.9)
    draw.rounded_rectangle(dome, radius=10, fill=shade(base, 0.6), outline=(220, 220, 214))
    draw.ellipse((width * 0.38, height * 0.38, width * 0.62, height * 0.56), fill=tint)
    draw.rectangle(
        (width * 0.34, height * 0.56, width * 0.66, height * 0.84), fill=shade(tint, 0.8)
    )
    outline = [(dome[0], dome[1]), (dome[2], dome[1]), (dome[2], dome[3]), (dome[0], dome[3])]
    _plastic(rng, tile, outline)


def _label(
    rng: np.random.Generator, tile: Image.Image, item: Item, box: tuple, tint: tuple
) -> None:
    """Put a paper label round a bottle or jar."""
    left, top, right, bottom = box
    draw = ImageDraw.Draw(tile)
    paper = (236, 232, 222) if rng.random() < 0.55 else tint
    draw.rectangle(box, fill=paper)
    brand = item.name.split()[0].upper()
    write(tile, brand, (left + 3, top + 2, right - 3, top + (bottom - top) * 0.4), ink(paper))
    lines(draw, rng, (left + 5, top + (bottom - top) * 0.5, right - 5, bottom - 3), ink(paper))


def _round(tile: Image.Image) -> None:
    """Shade a tile as a standing cylinder lit from the left front, with one bright streak."""
    width, height = tile.size
    across = np.linspace(-1, 1, width)
    light = np.clip(0.45 + 0.62 * np.sqrt(1 - (across * 0.97) ** 2) - 0.1 * across, 0, 1)
    dark = np.tile((255 * (1 - light)).astype(np.uint8), (height, 1))
    tile.paste((12, 8, 4), (0, 0), _within(tile, Image.fromarray(dark)))
    streak = np.tile((110 * np.exp(-(((across + 0.4) / 0.09) ** 2))).astype(np.uint8), (height, 1))
    tile.paste((255, 255, 255), (0, 0), _within(tile, Image.fromarray(streak)))


def _plastic(rng: np.random.Generator, tile: Image.Image, outline: list) -> None:
    """Lay clear film over a tile: a haze inside `outline`, and sharp creased highlights."""
    width, height = tile.size
    film = Image.new("L", tile.size)
    draw = ImageDraw.Draw(film)
    draw.polygon(outline, fill=34)
    for _ in range(int(rng.integers(5, 10))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        dx, dy = rng.normal(0, 0.16 * width), rng.normal(0, 0.16 * height)
        draw.polygon(
            [(x, y), (x + dx, y + dy), (x + dx * 0.8 + 5, y + dy * 0.7 + 4)],
            fill=int(rng.integers(80, 190)),
        )
    film = film.filter(ImageFilter.GaussianBlur(0.8))
    tile.paste((245, 243, 238), (0, 0), _within(tile, film))


def _within(tile: Image.Image, mask: Image.Image) -> Image.Image:
    """Cut a mask to the opaque part of the tile, so that pasting does not fill its corners."""
    return ImageChops.multiply(mask, tile.getchannel("A"))


def _wobbly(rng: np.random.Generator, width: int, height: int, rough: float) -> list[tuple]:
    """Return the outline of something soft that fills a rectangle."""
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = 1 - np.abs(rng.normal(0, rough, turns.size))
    power = 0.35  # a rounded rectangle rather than an ellipse
    x = np.sign(np.cos(turns)) * np.abs(np.cos(turns)) ** power * radius
    y = np.sign(np.sin(turns)) * np.abs(np.sin(turns)) ** power * radius
    return [((a + 1) * width / 2, (b + 1) * height / 2) for a, b in zip(x, y, strict=True)]
