"""Synthesizes the songs of ten bird species; knows waves, no noise and no files.

Each song follows field guides on the species: the real bird is the model, a formula is
the singer. A `Voice` is one individual: its pitch, its tempo, its own repertoire.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.media.audio import SAMPLE_RATE

_FADE_SECONDS = 0.006


@dataclass(frozen=True)
class Voice:
    """One individual bird."""

    pitch: float
    tempo: float
    brightness: float
    """Strength of its overtones, about 1."""
    repertoire: int
    """Seed of its own syllables."""


@dataclass(frozen=True)
class Species:
    """A species of the sample data: names, song, range."""

    label: str
    scientific_name: str
    common_name: str
    order: str
    family: str
    band: tuple[float, float]
    """Hz; where most of the song's energy is."""
    pause: tuple[float, float]
    """Seconds between phrases."""
    phrase: Callable[[Voice, np.random.Generator], np.ndarray]
    region: tuple[float, float, float]
    """Latitude and longitude of the middle of its range, and degrees of spread."""


def draw_voice(rng: np.random.Generator) -> Voice:
    """Draw an individual."""
    return Voice(
        pitch=float(np.exp(rng.normal(0, 0.05))),
        tempo=float(np.exp(rng.normal(0, 0.1))),
        brightness=float(np.exp(rng.normal(0, 0.3))),
        repertoire=int(rng.integers(2**32)),
    )


def sing(species: Species, voice: Voice, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Return `seconds` of phrases and pauses, float32, loudest phrase near 1."""
    wave = np.zeros(int(seconds * SAMPLE_RATE), dtype=np.float32)
    at = int(rng.uniform(0.1, 0.8) * SAMPLE_RATE)
    while at < len(wave):
        phrase = species.phrase(voice, rng) * np.float32(rng.uniform(0.6, 1.0))
        phrase = phrase[: len(wave) - at]
        wave[at : at + len(phrase)] = phrase
        at += len(phrase) + int(rng.uniform(*species.pause) * SAMPLE_RATE)
    return wave


def note(
    hertz,
    seconds: float,
    overtones=(1.0,),
    *,
    trill: float = 0.0,
    depth: float = 0.0,
    beat: float = 0.0,
    peak: float = 0.5,
) -> np.ndarray:
    """Return one note, float32 with peak about 1.

    `hertz` are the points its pitch glides through; `trill` (Hz) and `depth` (share of the pitch)
    make it warble, `beat` (Hz) chops it, `peak` says where in the note it is loudest (0 to 1).
    """
    count = max(8, int(seconds * SAMPLE_RATE))
    time = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    where = np.linspace(0, len(hertz) - 1, count)
    eased = np.floor(where) + (1 - np.cos(np.pi * (where % 1))) / 2
    pitch = np.interp(eased, np.arange(len(hertz)), hertz)
    pitch = pitch * (1 + depth * np.sin(2 * np.pi * trill * time))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    wave = np.zeros(count)
    for index, strength in enumerate(overtones, start=1):
        if strength and pitch.max() * index < SAMPLE_RATE * 0.45:
            wave += strength * np.sin(index * phase)
    shape = np.interp(time / seconds, [0, peak, 1], [0.25, 1, 0.15])
    if beat:
        shape = shape * (0.55 + 0.45 * np.sin(2 * np.pi * beat * time)) ** 2
    fade = np.minimum(1, np.minimum(time, time[::-1]) / min(_FADE_SECONDS, seconds / 3))
    return (wave * shape * fade / sum(overtones)).astype(np.float32)


def rest(seconds: float) -> np.ndarray:
    """Return silence."""
    return np.zeros(max(0, int(seconds * SAMPLE_RATE)), dtype=np.float32)


def _row(notes: list[np.ndarray], gap: float, levels=None) -> np.ndarray:
    """Join notes with a gap in seconds after each, at their levels."""
    levels = np.ones(len(notes)) if levels is None else levels
    parts = [
        part for n, level in zip(notes, levels, strict=True) for part in (n * level, rest(gap))
    ]
    return np.concatenate(parts).astype(np.float32)


def _hoopoe(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """Two to four soft, even, low hoots."""
    own = np.random.default_rng(voice.repertoire)
    pitch, count = 520 * voice.pitch * own.uniform(0.95, 1.05), own.choice([2, 3, 3, 4])
    hoot = note([pitch * 0.95, pitch, pitch * 0.93], 0.13 / voice.tempo, (1, 0.12))
    return _row([hoot] * int(count), 0.11 / voice.tempo)


def _dove(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """A row of coos that quickens and fades, as low as a hoopoe's."""
    pitch, count = 490 * voice.pitch, int(rng.integers(7, 12))
    parts = []
    for index in range(count):
        length = (0.34 - 0.02 * index) / voice.tempo
        coo = note([pitch, pitch * 1.04, pitch * 0.98], max(0.12, length), (1, 0.2), peak=0.3)
        gap = rest(max(0.07, 0.3 - 0.03 * index) / voice.tempo)
        parts += [coo * (1 - 0.05 * index), gap]
    return np.concatenate(parts)


def _buzzard(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """A mewing whistle that rises for a moment and falls, rich in overtones."""
    pitch, length = 1900 * voice.pitch, rng.uniform(0.7, 1.1) / voice.tempo
    bright = min(0.9, 0.55 * voice.brightness)
    tones = (1, bright, bright * 0.6, bright * 0.3)
    bend = pitch * rng.uniform(0.55, 0.65)
    top = pitch * 1.08
    return note([top * 0.85, top, pitch * 0.9, pitch * 0.75, bend], length, tones, peak=0.25)


def _bee_eater(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """Liquid rolling calls, one to three."""
    pitch = 1950 * voice.pitch
    trill, depth = 34 * voice.tempo, 0.11
    tones = (1, 0.4 * voice.brightness, 0.15)
    calls = [
        note(
            [pitch * 0.92, pitch * rng.uniform(1.0, 1.1), pitch * 0.95],
            rng.uniform(0.24, 0.36),
            tones,
            trill=trill,
            depth=depth,
            beat=trill,
            peak=0.4,
        )
        for _ in range(int(rng.integers(1, 4)))
    ]
    return _row(calls, 0.16 / voice.tempo)


def _nightingale(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """Loud strophes: repeated syllables of its own repertoire, then a dry rattle."""
    own = np.random.default_rng(voice.repertoire)
    parts = []
    kinds = [
        (own.uniform(1500, 4300, size=3) * voice.pitch, own.uniform(0.05, 0.13), own.integers(3, 7))
        for _ in range(8)
    ]
    for index in rng.choice(len(kinds), size=3, replace=False):
        points, length, repeats = kinds[index]
        syllable = note(points, length / voice.tempo, (1, 0.25 * voice.brightness), peak=0.3)
        parts.append(_row([syllable] * int(repeats), 0.05 / voice.tempo))
    tick = note([3600 * voice.pitch, 1600 * voice.pitch], 0.022, (1, 0.5, 0.3), peak=0.1)
    return np.concatenate([*parts, _row([tick] * int(rng.integers(8, 15)), 0.026 / voice.tempo)])


def _swallow(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """A hurried twitter up and down, closed by a creaking trill."""
    own = np.random.default_rng(voice.repertoire)
    kinds = own.uniform(2800, 6400, size=(7, 3)) * voice.pitch
    twitter = []
    for _ in range(int(rng.integers(10, 20))):
        points = kinds[rng.integers(len(kinds))]
        twitter += [note(points, rng.uniform(0.04, 0.09), (1, 0.2)), rest(rng.uniform(0.01, 0.05))]
    top = 4300 * voice.pitch
    rate = 27 * voice.tempo
    creak = note([top, top * 0.8], 0.45, (1, 0.5, 0.3), trill=rate, depth=0.2, beat=rate, peak=0.7)
    return np.concatenate([*twitter, creak])


def _martin(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """Short dry 'prrit' calls, hard and buzzing."""
    pitch = 3700 * voice.pitch
    calls = [
        note(
            [pitch * rng.uniform(0.95, 1.1), pitch * 0.85],
            rng.uniform(0.09, 0.15),
            (1, 0.45, 0.2),
            trill=85,
            depth=0.12,
            beat=60 * voice.tempo,
            peak=0.3,
        )
        for _ in range(int(rng.integers(1, 4)))
    ]
    return _row(calls, 0.12 / voice.tempo)


def _wagtail(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """A single drawn 'tsweep', up and a little down."""
    top = 6300 * voice.pitch * rng.uniform(0.96, 1.04)
    points = [top * 0.72, top, top * 0.86]
    return note(points, rng.uniform(0.2, 0.3) / voice.tempo, (1, 0.08), peak=0.6)


def _willow_warbler(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """A cadence: thin and high at first, swelling, then falling and dying away."""
    own = np.random.default_rng(voice.repertoire)
    count = int(rng.integers(13, 19))
    glide = own.uniform(1.1, 1.35)
    pitches = np.linspace(5600, 2500, count) * voice.pitch * np.exp(own.normal(0, 0.04, count))
    notes = [
        note([p * glide, p, p * 0.92], np.interp(i, [0, count], [0.07, 0.14]) / voice.tempo)
        for i, p in enumerate(pitches)
    ]
    levels = np.interp(np.linspace(0, 1, count), [0, 0.35, 1], [0.25, 1, 0.3])
    return _row(notes, 0.055 / voice.tempo, levels)


def _emerald_cuckoo(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """Four clear whistles: 'hello Georgie', the second highest, the last two falling."""
    pitch = 1800 * voice.pitch
    steps = [(1.0, 0.95), (1.25, 1.2), (1.05, 1.0), (0.9, 0.84)]
    whistles = [note([pitch * a, pitch * b], 0.2 / voice.tempo, (1, 0.1)) for a, b in steps]
    return _row(whistles, 0.09 / voice.tempo)


SPECIES = (
    Species("barswa", "Hirundo rustica", "Barn Swallow", "Passeriformes", "Hirundinidae",
            (2500, 7000), (0.8, 3.0), _swallow, (30, 15, 16)),
    Species("thrnig1", "Luscinia luscinia", "Thrush Nightingale", "Passeriformes", "Muscicapidae",
            (1400, 4500), (0.8, 2.5), _nightingale, (56, 24, 5)),
    Species("eaywag1", "Motacilla flava", "Western Yellow Wagtail", "Passeriformes",
            "Motacillidae", (4200, 6800), (0.8, 2.5), _wagtail, (50, 18, 9)),
    Species("combuz1", "Buteo buteo", "Common Buzzard", "Accipitriformes", "Accipitridae",
            (1000, 5000), (1.2, 3.5), _buzzard, (50, 12, 8)),
    Species("eubeat1", "Merops apiaster", "European Bee-eater", "Coraciiformes", "Meropidae",
            (1500, 4200), (0.5, 2.0), _bee_eater, (42, 12, 7)),
    Species("hoopoe", "Upupa epops", "Eurasian Hoopoe", "Bucerotiformes", "Upupidae",
            (400, 700), (1.0, 3.0), _hoopoe, (41, 8, 10)),
    Species("cohmar1", "Delichon urbicum", "Common House-Martin", "Passeriformes", "Hirundinidae",
            (2600, 6500), (0.3, 1.8), _martin, (48, 14, 8)),
    Species("wlwwar", "Phylloscopus trochilus", "Willow Warbler", "Passeriformes",
            "Phylloscopidae", (2200, 6500), (1.5, 3.5), _willow_warbler, (57, 16, 7)),
    Species("tamdov1", "Turtur tympanistria", "Tambourine Dove", "Columbiformes", "Columbidae",
            (400, 700), (1.5, 4.0), _dove, (-5, 33, 9)),
    Species("afecuc1", "Chrysococcyx cupreus", "African Emerald Cuckoo", "Cuculiformes",
            "Cuculidae", (1400, 2600), (1.0, 2.5), _emerald_cuckoo, (-2, 34, 8)),
)  # fmt: skip
