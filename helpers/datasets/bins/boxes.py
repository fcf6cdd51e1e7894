"""Paints boxes and books in a bin, and their print; knows pixels, nothing of cells or light."""

import unicodedata
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from helpers.datasets.bins.catalog import Item

Color = tuple[int, int, int]
PAPER: Color = (228, 220, 200)
DARK, LIGHT = (40, 36, 38), (238, 236, 230)
INKS = (
    (178, 44, 40), (206, 92, 44), (226, 168, 60), (58, 104, 66), (36, 126, 108), (44, 86, 144),
    (30, 46, 92), (108, 158, 196), (122, 70, 118), (196, 128, 140), (118, 82, 58), (150, 150, 148),
    (216, 198, 156), (92, 104, 60), (70, 132, 150), (140, 34, 56),
)  # fmt: skip


def body(item: Item) -> Color:
    """Return the main color of a product."""
    rng = np.random.default_rng(item.look)
    if item.kind == "cardboard":
        return shade((176, 140, 102), rng.uniform(0.8, 1.1))
    return accent(rng)


@lru_cache(maxsize=256)
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """Return Pillow's own font at a height in pixels."""
    return ImageFont.load_default(pixels)


def shade(color: Color, factor: float) -> Color:
    return tuple(min(255, int(c * factor)) for c in color)


def ink(color: Color) -> Color:
    """Return a text color that is legible on a color."""
    return DARK if sum(color) > 380 else LIGHT


def accent(rng: np.random.Generator) -> Color:
    """Return a color that packages are printed in: much white and black, inks rather than neon."""
    roll = rng.random()
    if roll < 0.24:
        return shade(LIGHT, rng.uniform(0.8, 1.0))
    if roll < 0.40:
        return shade(DARK, rng.uniform(0.7, 2.0))
    return shade(INKS[rng.integers(len(INKS))], rng.uniform(0.7, 1.15))


def write(tile: Image.Image, text: str, box: tuple, color: Color, upright: bool = True) -> None:
    """Write text into a box (left, top, right, bottom), turned by 90 degrees if not upright."""
    width, height = int(box[2] - box[0]), int(box[3] - box[1])
    if not upright:
        width, height = height, width
    if width < 8 or height < 6:
        return
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()  # as the font
    pixels = max(6, min(int(height * 0.9), int(1.5 * width / max(1, len(text)))))
    mask = Image.new("L", (width, height))
    middle = (width // 2, height // 2)
    ImageDraw.Draw(mask).text(middle, text, fill=235, font=font(pixels), anchor="mm")
    if not upright:
        mask = mask.transpose(Image.Transpose.ROTATE_270)
    tile.paste(color, (int(box[0]), int(box[1])), mask)


def lines(draw: ImageDraw.ImageDraw, rng: np.random.Generator, box: tuple, color: Color) -> None:
    """Suggest small print: rows of dashes too small to read."""
    left, top, right, bottom = box
    y = top
    while y < bottom and right - left > 8:
        x = left
        while x < right - 4:
            length = rng.uniform(4, 14)
            draw.line((x, y, min(right, x + length), y), fill=color)
            x += length + 3
        y += 4


def barcode(tile: Image.Image, rng: np.random.Generator, x: int, y: int, size: int) -> None:
    """Stick a white label with a bar code on a product."""
    draw = ImageDraw.Draw(tile)
    draw.rectangle((x, y, x + size, y + size * 0.55), fill=(244, 243, 238, 255))
    at = x + 3
    while at < x + size - 3:
        bar = int(rng.integers(1, 3))
        draw.rectangle((at, y + 3, at + bar - 1, y + size * 0.36), fill=(30, 30, 30, 255))
        at += bar + int(rng.integers(1, 4))
    draw.line((x + 4, y + size * 0.46, x + size - 4, y + size * 0.46), fill=(110, 110, 110, 255))


def _edges(rng: np.random.Generator, tile: Image.Image, color: Color) -> None:
    """Finish a box: darker edges, a lighter upper one, and on some the glare of glossy print."""
    width, height = tile.size
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, width - 1, height - 1), outline=(*shade(color, 0.5), 255), width=2)
    draw.line((1, 1, width - 2, 1), fill=(*shade(color, 1.2), 255))
    if rng.random() < 0.3:
        across = (np.arange(width) - rng.uniform(0, width))[None, :] / width
        down = np.linspace(-0.3, 0.3, height)[:, None]
        glare = (rng.uniform(40, 110) * np.exp(-(((across + down) / 0.18) ** 2))).astype(np.uint8)
        tile.paste((255, 252, 244), (0, 0), Image.fromarray(glare))


def carton(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint a retail box: a band, a picture, a title, small print, sometimes a label."""
    width, height = tile.size
    base = body(item)
    tint = accent(rng)
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, width, height), fill=base)
    band = rng.uniform(0.12, 0.4)
    if rng.random() < 0.5:
        draw.rectangle((0, height * (1 - band), width, height), fill=tint)
    else:
        slant = rng.uniform(-0.2, 0.2) * width
        draw.polygon([(0, 0), (width * band + slant, 0), (width * band, height), (0, height)], tint)
    if rng.random() < 0.6:
        left, top = rng.uniform(0.4, 0.55) * width, rng.uniform(0.28, 0.4) * height
        _picture(tile, rng, (left, top, width * 0.93, height * rng.uniform(0.72, 0.9)))
    brand, *rest = item.name.split()
    write(tile, brand.upper(), (width * 0.08, height * 0.05, width * 0.92, height * 0.3), ink(base))
    write(tile, " ".join(rest[:3]), (4, height * 0.8, width - 4, height * 0.95), ink(tint))
    lines(draw, rng, (width * 0.07, height * 0.4, width * 0.4, height * 0.7), ink(base))
    if rng.random() < 0.35 and min(width, height) > 60:
        size = min(width, height) // 3
        at = int(rng.integers(4, width - size)), int(rng.integers(4, height - size // 2))
        barcode(tile, rng, *at, size)
    _edges(rng, tile, base)


def _picture(tile: Image.Image, rng: np.random.Generator, box: tuple) -> None:
    """Print a picture on a package: a few patches of color that flow into each other."""
    left, top, right, bottom = map(int, box)
    if right - left < 8 or bottom - top < 8:
        return
    patches = np.array([accent(rng) for _ in range(16)], np.uint8).reshape(4, 4, 3)
    size = right - left, bottom - top
    picture = Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    shape = draw.ellipse if rng.random() < 0.4 else draw.rectangle
    shape((0, 0, size[0] - 1, size[1] - 1), fill=255)
    tile.paste(picture, (left, top), mask)


def cardboard(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint a shipping box: a strip of tape, a name, a label."""
    width, height = tile.size
    base = body(item)
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, width, height), fill=base)
    if rng.random() < 0.6:
        strip = rng.uniform(0.3, 0.6) * width
        tape = shade(base, rng.choice([0.88, 1.12]))
        draw.rectangle((strip, 0, strip + width * 0.16, height * rng.uniform(0.3, 1)), fill=tape)
    if rng.random() < 0.4:
        brand = item.name.split()[0].upper()
        box = (width * 0.1, height * 0.1, width * 0.9, height * 0.4)
        write(tile, brand, box, shade(base, 0.4), upright=width > height)
    if rng.random() < 0.7 and min(width, height) > 40:
        size = max(24, min(width, height) // 3)
        at = int(rng.integers(2, width - size)), int(rng.integers(2, height - size // 2))
        barcode(tile, rng, *at, size)
    _edges(rng, tile, base)


def book(rng: np.random.Generator, tile: Image.Image, item: Item, pose: str) -> None:
    """Paint a book's spine (standing or lying), the edge of its pages, or its cover."""
    width, height = tile.size
    base, tint = body(item), accent(rng)
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, width, height), fill=base)
    title = item.name.split(":")[0].removeprefix("The ")
    if pose in ("spine", "flat"):
        tall = pose == "spine"
        if pose == "flat" and rng.random() < 0.4:
            _pages(draw, rng, width, height)
        else:
            ends = [(0, 0, width, height * 0.12), (0, height * 0.88, width, height)]
            if not tall:
                ends = [(0, 0, width * 0.1, height), (width * 0.9, 0, width, height)]
            for end in ends[: int(rng.integers(0, 3))]:
                draw.rectangle(end, fill=tint)
            box = (width * 0.15, height * 0.15, width * 0.85, height * 0.85)
            write(tile, title, box, ink(base), upright=not tall)
    else:
        _picture(tile, rng, (width * 0.1, height * 0.36, width * 0.9, height * 0.9))
        write(tile, title, (width * 0.08, height * 0.08, width * 0.92, height * 0.3), ink(base))
        write(tile, item.name.split(":")[-1], (4, height * 0.9, width - 4, height), ink(base))
    _edges(rng, tile, base)


def _pages(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """Paint the edge of a lying book's pages between its covers."""
    cover = max(2, height // 12)
    draw.rectangle((0, cover, width, height - cover), fill=PAPER)
    for y in range(cover + 1, height - cover, 2):
        draw.line((0, y, width, y), fill=shade(PAPER, rng.uniform(0.82, 1.0)))
