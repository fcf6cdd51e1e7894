"""Plans the sample's recordings: recordist, bird, coordinates, time, dirt; makes no sound, no file.

A plan depends on its arguments only. `dirt` lists the deliberate faults; `DIRT` has the share of
each.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from helpers.datasets.birds.scene import INSECTS, RAIN, WIND, Kit
from helpers.datasets.birds.song import SPECIES, Species, Voice, draw_voice

DIRT = {
    "truncated": 0.006,
    "not_audio": 0.004,
    "empty": 0.002,
    "no_file": 0.002,
    "no_row": 0.002,
    "voice": 0.025,
    "only_voice": 0.002,
    "exact_duplicate": 0.008,
    "near_duplicate": 0.008,
    "silence": 0.01,
    "clipping": 0.0125,
}
"""Share of the recordings, each a different one; at least one of each from 100 recordings on."""
UNREADABLE = ("truncated", "not_audio", "empty", "only_voice")
NO_COORDINATES = 0.02
SECONDARY = 0.12
"""Share with a second species in the background, of which one in five is not listed."""

_FIRST = (
    "Agnete Bram Cosima Dario Edda Fenja Gesine Hakan Imke Joris Katrin Lazar Maren Nils Odile "
    "Pavel Quirin Runa Sorin Thilde Ulla Viggo Wanda Ximena Yann Zsofia Amara Baraka Chipo Desta"
).split()
_LAST = (
    "Abelund Brandvik Corvello Dunmarsh Eskerby Fjellgaard Grunewald Hollinsea Ivarsted Jessop "
    "Kestrelli Lindqvar Marrowby Nakuruwa Oddsen Pellegrand Quennel Rookwood Sandmaren Tarnhill "
    "Ulvestad Vantorre Wrenfield Yarrowe Zelenko Mbirika Ngotho Otiende Kaplanou Saarepuu"
).split()
_TYPES = (["song"], ["call"], ["call", "song"], ["adult", "male", "song"], ["flight call"], [""])
_TYPE_ODDS = (0.42, 0.24, 0.12, 0.1, 0.05, 0.07)
_LICENSES = ("Creative Commons Zero 1.0", "Creative Commons Attribution 4.0")


@dataclass(frozen=True)
class Recordist:
    """One person: a name, a home, a kit, favorite birds."""

    name: str
    kit: Kit
    home: tuple[float, float]
    taste: tuple[float, ...]
    """Odds of recording each species."""
    voices: tuple[Voice, ...]
    """The bird of each species that sings near home."""


@dataclass(frozen=True)
class Planned:
    """One recording to be made."""

    id: str
    species: Species
    recordist: Recordist
    voice: Voice
    seconds: float
    snr: float
    """dB of the song over the noise in the species' band."""
    meters: float
    weather: tuple[str, ...]
    coordinates: tuple[float, float] | None
    recorded_on: str
    recorded_at: str | None
    kind: list[str]
    rating: float
    license: str
    background: Species | None
    listed: bool
    """Whether the background species is in secondary_labels."""
    seed: int
    dirt: str = ""
    original: "Planned | None" = field(default=None, repr=False)
    """The recording that a duplicate repeats."""


def plan(seed: int, recordings: int, species: int, recordists: int) -> list[Planned]:
    """Return all recordings, by id.

    Raises:
        ValueError: a size is out of range.
    """
    if not 2 <= species <= len(SPECIES):
        raise ValueError(f"species is {species}: choose 2 to {len(SPECIES)}")
    if recordings < 3 * species or recordists < 3:
        raise ValueError(f"need at least {3 * species} recordings and 3 recordists")
    rng = np.random.default_rng([seed, 1])
    chosen = SPECIES[:species]
    people = _people(chosen, recordists, rng)
    labels = _labels(species, recordings, rng)
    busy = rng.pareto(2.2, len(people)) + 0.5
    ids = 100_000 + np.sort(rng.choice(9 * recordings, recordings, replace=False))
    planned = [
        _recording(f"BB{id}", chosen, _person(people, busy, label, rng), rng)
        for id, label in zip(ids, labels, strict=True)
    ]
    return _soil(planned, rng)


def dirt(planned: list[Planned]) -> dict[str, list[str]]:
    """Return the ids of the recordings with a deliberate fault, by kind."""
    return {kind: [p.id for p in planned if p.dirt == kind] for kind in DIRT}


def _people(chosen, count: int, rng: np.random.Generator) -> list[Recordist]:
    names = rng.choice(len(_FIRST) * len(_LAST), size=count, replace=False)
    return [_recordist(chosen, int(name), rng) for name in names]


def _recordist(chosen, name: int, rng: np.random.Generator) -> Recordist:
    kit = Kit(
        tilt=float(rng.uniform(0.8, 1.8)),
        hiss=float(rng.uniform(0, 1)),
        low_cut=float(rng.choice([40, 80, 120, 250])),
        gain=float(rng.uniform(0.15, 0.9)),
    )
    latitude, longitude, spread = chosen[rng.integers(len(chosen))].region
    home = (latitude + rng.normal(0, spread / 2), longitude + rng.normal(0, spread / 2))
    return Recordist(
        name=f"{_FIRST[name % len(_FIRST)]} {_LAST[name // len(_FIRST)]}",
        kit=kit,
        home=home,
        taste=tuple(_nearness(kind, home) * rng.gamma(0.8, 1.0) + 0.02 for kind in chosen),
        voices=tuple(draw_voice(rng) for _ in chosen),
    )


def _nearness(species: Species, home: tuple[float, float]) -> float:
    """Return the nearness of a home to the species' range, from 0 to 1."""
    latitude, longitude, spread = species.region
    away = np.hypot(home[0] - latitude, home[1] - longitude) / (1.5 * spread)
    return float(np.exp(-(away**2) / 2))


def _labels(species: int, recordings: int, rng: np.random.Generator) -> np.ndarray:
    """Return a species index for each recording: the first is four times as common as the last."""
    share = np.geomspace(4, 1, species)
    counts = np.maximum(3, np.floor(share / share.sum() * recordings)).astype(int)
    counts[0] += recordings - counts.sum()
    return rng.permutation(np.repeat(np.arange(species), counts))


def _person(people, busy, label: int, rng: np.random.Generator) -> tuple[Recordist, int]:
    odds = np.array([person.taste[label] for person in people]) * busy
    return people[rng.choice(len(people), p=odds / odds.sum())], label


def _recording(id: str, chosen, author: tuple[Recordist, int], rng: np.random.Generator) -> Planned:
    person, label = author
    species = chosen[label]
    snr = float(np.clip(rng.normal(11, 6), 0, 26))
    other = chosen[(label + rng.integers(1, len(chosen))) % len(chosen)]
    return Planned(
        id=id,
        species=species,
        recordist=person,
        voice=person.voices[label] if rng.random() < 0.6 else draw_voice(rng),
        seconds=float(np.round(min(20, 5 + rng.exponential(3.6)), 2)),
        snr=snr,
        meters=float(rng.uniform(5, 90)),
        weather=tuple(
            k for k, p in ((WIND, 0.5), (RAIN, 0.15), (INSECTS, 0.25)) if rng.random() < p
        ),
        coordinates=_coordinates(person, rng),
        recorded_on=_day(rng),
        recorded_at=_hour(rng),
        kind=list(_TYPES[rng.choice(len(_TYPES), p=_TYPE_ODDS)]),
        rating=_rating(snr, rng),
        license=str(rng.choice(_LICENSES, p=(0.3, 0.7))),
        background=other if rng.random() < SECONDARY else None,
        listed=rng.random() < 0.8,
        seed=int(rng.integers(2**32)),
    )


def _coordinates(person: Recordist, rng: np.random.Generator) -> tuple[float, float] | None:
    near = np.clip(np.array(person.home) + rng.normal(0, 0.8, 2), (-60, -170), (70, 170))
    return None if rng.random() < NO_COORDINATES else (round(near[0], 4), round(near[1], 4))


def _day(rng: np.random.Generator) -> str:
    """Return a date, most often in May."""
    month = int(np.clip(np.rint(rng.normal(5.2, 1.5)), 1, 12))
    return f"{rng.integers(2012, 2025)}-{month:02d}-{rng.integers(1, 29):02d}"


def _hour(rng: np.random.Generator) -> str | None:
    """Return a time of day, most often at dawn; None for some."""
    if rng.random() < 0.05:
        return None
    hour = rng.normal(6.2, 1.6) if rng.random() < 0.7 else rng.uniform(6, 21)
    minutes = int(np.clip(hour, 3, 22) * 12) * 5
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _rating(snr: float, rng: np.random.Generator) -> float:
    """Return a rating by the recording's SNR, 0.5 to 5, or 0 for none."""
    if rng.random() < 0.03:
        return 0.0
    return float(np.clip(np.round((2.6 + snr / 9 + rng.normal(0, 0.5)) * 2) / 2, 0.5, 5))


def _soil(planned: list[Planned], rng: np.random.Generator) -> list[Planned]:
    """Mark the recordings that are to be dirty; duplicates get a clean original."""
    order = list(rng.permutation(len(planned)))
    for kind, share in DIRT.items():
        count = max(round(share * len(planned)), int(len(planned) >= 100))
        for index in [order.pop() for _ in range(count)]:
            planned[index] = replace(planned[index], dirt=kind)
    # Originals are clean, so that being a copy is a copy's only fault.
    clean = [index for index in order if planned[index].seconds < 15]
    for index, item in enumerate(planned):
        if item.dirt.endswith("_duplicate"):
            planned[index] = _copy(item, planned[clean.pop()], rng)
    return planned


def _copy(item: Planned, original: Planned, rng: np.random.Generator) -> Planned:
    """Return `original` as uploaded again with another id, half the time by another recordist."""
    recordist = item.recordist if rng.random() < 0.5 else original.recordist
    return replace(original, id=item.id, recordist=recordist, dirt=item.dirt, original=original)
