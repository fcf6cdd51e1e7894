"""Invents the items of a warehouse with sizes, weights and names; draws nothing."""

from dataclasses import dataclass

import numpy as np

CM = 0.393700787
"""Inches a centimeter, as the real files' values imply: 1.2 in is 1.199999998776 there."""
POUND = 0.45359237 * 2.20462262
"""A pound that went to kilograms and back, likewise: 2.2 lb is 2.199999998155101 there."""


@dataclass(frozen=True)
class Kind:
    """One kind of item: ranges of its sides in inches, sorted long to short, and its density."""

    share: float
    length: tuple[float, float]
    width: tuple[float, float]
    height: tuple[float, float] | None
    """None for round items: equal to the width."""
    density: tuple[float, float]
    """Pounds a cubic inch."""
    nouns: tuple[str, ...]


KINDS = {
    "book": Kind(
        0.22, (7.4, 10.8), (5.0, 8.0), (0.9, 2.1), (0.018, 0.026),
        ("A Novel", "Cookbook", "Field Guide", "Workbook", "Stories (Spanish Edition)", "Poems"),
    ),
    "carton": Kind(
        0.26, (5.0, 11.0), (3.6, 8.0), (1.8, 5.5), (0.008, 0.022),
        ("Puzzle", "LED Light Bulb", "Board Game", "Coffee Pods", "Kettle", "Desk Lamp", "Toaster"),
    ),
    "cardboard": Kind(
        0.14, (6.0, 12.0), (4.5, 9.0), (2.0, 6.0), (0.010, 0.024),
        ("Brake Pads", "Chromebook", "Faucet Kit", "Shelf Bracket", "Router", "Drill Bits"),
    ),
    "bottle": Kind(
        0.12, (6.0, 9.8), (2.2, 3.4), None, (0.024, 0.036),
        ("Shampoo, 12.6 Oz.", "Mouthwash, 16.9 Fluid Ounce", "Olive Oil", "Dish Soap", "Lotion"),
    ),
    "jar": Kind(
        0.08, (3.2, 5.5), (2.8, 4.2), None, (0.022, 0.040),
        ("Vitamin C Gummies", "Peanut Butter", "Protein Powder", "Loose Leaf Tea", "Crème Balm"),
    ),
    "bag": Kind(
        0.10, (8.0, 12.0), (6.5, 9.5), (1.2, 2.6), (0.005, 0.012),
        ("T-Shirt, Men's Large", "Crew Socks", "Baby Blanket", "Yoga Pants", "Pillow Cover"),
    ),
    "plush": Kind(
        0.05, (7.5, 11.0), (5.5, 8.0), (4.0, 6.0), (0.003, 0.007),
        ("Plush Bear", "Stuffed Rabbit", "Plush Kitten", "Soft Toy Monster"),
    ),
    "blister": Kind(
        0.03, (6.5, 9.5), (4.4, 6.5), (1.0, 1.8), (0.006, 0.012),
        ("Action Figure", "Phone Case", "Bike Light", "Kitchen Timer", "Paint Brushes"),
    ),
}  # fmt: skip
BRANDS = (
    "Aldervale", "Bramfield", "Corvo", "Dunmore", "Eastlight", "Fennik", "Galloway & Sons",
    "Harrowgate", "Ivory Coast Co.", "Juniper Hill", "Kestrel", "Lumenar", "Mirabeau", "Nordstadt",
    "Oxbow", "Peña Hermanos", "Quillon", "Redfern", "Saltmarsh", "Tamarack", "Umbra Lane", "Vireo",
    "Westerly", "Yarrow", "Zephyr Works",
)  # fmt: skip
ADJECTIVES = (
    "Classic", "Premium", "Organic", "Heavy Duty", "Mini", "Deluxe", "Natural", "Wireless",
    "Everyday", "Travel", "Original", "Stainless", "Kids'", "Vintage", "Ultra", "Gentle",
)  # fmt: skip
COLORS = ("Black", "Mahogany", "Columbia Blue", "Silver", "Forest Green", "Coral", "White", "Teal")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Item:
    """One product; all its units look alike."""

    asin: str
    kind: str
    name: str
    normalized: str
    sides: tuple[float, float, float]
    """Length, width, height in inches, long to short, as the picture shows them."""
    row: dict
    """Its entry in the metadata, without the quantity."""
    look: int
    """Seed of its appearance."""


def make_item(rng: np.random.Generator, bulk: float = 1.0) -> Item:
    """Invent one product; `bulk` from 0 to 1 limits its size to this share of the range."""
    kinds = list(KINDS)
    kind = str(rng.choice(kinds, p=[KINDS[name].share for name in kinds]))
    sides = _sides(rng, KINDS[kind], bulk)
    low, high = KINDS[kind].density
    pounds = max(0.02, float(np.prod(sides)) * rng.uniform(low, high))
    asin = _isbn(rng) if kind == "book" and rng.random() < 0.7 else _asin(rng)
    name, normalized = _names(rng, kind)
    row = {
        "asin": asin,
        **dict(zip(("length", "width", "height"), _dimensions(rng, sides), strict=True)),
        "name": name,
        "normalizedName": normalized,
        "weight": _weight(rng, pounds),
    }
    return Item(asin, kind, name, normalized, sides, row, int(rng.integers(2**31)))


def _sides(rng: np.random.Generator, kind: Kind, bulk: float) -> tuple[float, float, float]:
    """Draw length, width and height in tenths of an inch, long to short."""

    def within(low: float, high: float) -> float:
        return rng.uniform(low, low + (high - low) * bulk)

    length, width = within(*kind.length), within(*kind.width)
    height = width if kind.height is None else within(*kind.height)
    return tuple(sorted((round(float(side), 1) for side in (length, width, height)), reverse=True))


def _dimensions(rng: np.random.Generator, sides: tuple[float, ...]) -> list[dict | None]:
    """Return the sides as in the real files: typed in inches, or measured and converted.

    One item in 400 has a length in the wrong unit, hence above 100 inches.
    """
    values = list(sides)
    style = rng.choice(["converted", "measured", "typed"], p=[0.72, 0.18, 0.10])
    if style == "converted":
        values = [side * 2.54 * CM for side in sides]
    elif style == "measured":
        measured = [round(side * 2.54 + rng.uniform(-0.1, 0.1), 2) for side in sides]
        values = [centimeters * CM for centimeters in sorted(measured, reverse=True)]
    if rng.random() < 1 / 400:
        values[0] = sides[0] * 25.4
    return [{"unit": "IN", "value": float(value)} for value in values]


def _weight(rng: np.random.Generator, pounds: float) -> dict | None:
    """Return the weight as in the real files; 12 of 329 real items have none."""
    if rng.random() < 12 / 329:
        return None
    value = round(pounds, 2) if rng.random() < 0.4 else round(pounds, 2) * POUND
    return {"unit": "pounds", "value": float(value)}


def _names(rng: np.random.Generator, kind: str) -> tuple[str, str]:
    """Return a title and its normalized form, which moves a pack's size to the front."""
    brand, adjective, noun = (
        str(rng.choice(words)) for words in (BRANDS, ADJECTIVES, KINDS[kind].nouns)
    )
    if kind == "book":
        title = f"The {adjective} {brand}: {noun}"
        return title, title
    title = f"{brand} {adjective} {noun}"
    if rng.random() < 0.4:
        title += f", {rng.choice(COLORS)}"
    if rng.random() < 0.09:
        pack = f"(Pack of {rng.integers(2, 13)})"
        return f"{title} {pack}", f"{pack} {title}"
    return title, title


def _asin(rng: np.random.Generator) -> str:
    """Return an ASIN: B0 and eight letters or digits."""
    return "B0" + "".join(_ALPHABET[i] for i in rng.integers(len(_ALPHABET), size=8))


def _isbn(rng: np.random.Generator) -> str:
    """Return an ISBN-10, a book's ASIN; its last digit is a checksum."""
    digits = [int(d) for d in rng.integers(10, size=9)]
    check = -sum(d * (10 - i) for i, d in enumerate(digits)) % 11
    return "".join(map(str, digits)) + ("X" if check == 10 else str(check))
