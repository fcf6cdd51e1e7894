"""Writes the birds sample data set, sound and metadata; plan.py decides on its contents."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from helpers.datasets.birds.metadata import (
    AUDIO_PREFIX,
    CSV_KEY,
    JSON_PREFIX,
    TAXONOMY_KEY,
    to_json,
    write_table,
)
from helpers.datasets.birds.plan import Planned, dirt, plan
from helpers.datasets.birds.scene import at_distance, band_rms, noise
from helpers.datasets.birds.song import draw_voice, sing
from helpers.datasets.birds.speech import speak
from helpers.media.audio import SAMPLE_RATE, encode
from helpers.paths import below

TAXONOMY = ("primary_label", "scientific_name", "common_name", "order", "family", "class_name")
_PROCESSES = 2


def make(
    folder: Path, seed: int = 0, recordings: int = 480, species: int = 8, recordists: int = 60
) -> dict[str, list[str]]:
    """Write the data set below `folder` and return the ids with deliberate faults, by kind.

    The same arguments give the same bytes. The data does not mark the faults: the course teaches
    to find them.

    Raises:
        FileExistsError: `folder` holds recordings that are not of this sample.
    """
    planned = plan(seed, recordings, species, recordists)
    _refuse_strangers(folder, {item.id for item in planned})
    for label in sorted({item.species.label for item in planned}):
        below(folder, f"{AUDIO_PREFIX}/{label}").mkdir(parents=True, exist_ok=True)
    (folder / JSON_PREFIX).mkdir(exist_ok=True)
    _write_metadata(folder, [item for item in planned if item.dirt != "no_row"])
    _write_taxonomy(folder, planned)
    sounding = [item for item in planned if item.dirt != "no_file"]
    for item, data in tqdm(_render_all(sounding), "Recording birds", len(sounding), leave=False):
        below(folder, media_key(item)).write_bytes(data)
    return dirt(planned)


def media_key(item: Planned) -> str:
    """Return the key of a recording's sound below the raw prefix."""
    return f"{AUDIO_PREFIX}/{item.species.label}/{item.id}.ogg"


def render(item: Planned) -> bytes:
    """Return a recording's file, with its fault."""
    if item.dirt == "empty":
        return b""
    if item.dirt == "not_audio":
        return b"<!DOCTYPE html>\n<html><body><h1>503 Service Unavailable</h1></body></html>\n"
    if item.dirt == "exact_duplicate":
        return render(item.original)
    data = encode(_wave(item), "ogg", serial=item.seed)
    return data[: int(len(data) * 0.6)] if item.dirt == "truncated" else data


def _render_all(items: list[Planned]) -> Iterator[tuple[Planned, bytes]]:
    """Yield each recording with its file, in order, made in two processes if there are many."""
    if len(items) < 40:
        yield from ((item, render(item)) for item in items)
        return
    # Not forked: a notebook's kernel has threads, and a forked one could wait for them for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(_PROCESSES, os.cpu_count() or 1), mp_context=context) as pool:
        yield from zip(items, pool.map(render, items, chunksize=8), strict=True)


def _wave(item: Planned) -> np.ndarray:
    """Return the sound of a recording, float32 mono at 32 kHz in [-1, 1]."""
    rng = np.random.default_rng([item.seed, 2])
    wave = _landscape(item, rng)
    if item.dirt == "near_duplicate":
        return _edited(wave, np.random.default_rng([item.seed, 3]))
    wave *= item.recordist.kit.gain / np.abs(wave).max()
    if item.dirt == "clipping":
        wave *= rng.uniform(2.5, 5) / item.recordist.kit.gain
    elif item.dirt == "silence":
        wave[int(len(wave) * rng.uniform(0.35, 0.6)) :] = 0
    return np.clip(wave, -1, 1)


def _landscape(item: Planned, rng: np.random.Generator) -> np.ndarray:
    """Return bird, neighbors, weather and voices, before the recorder's gain."""
    background = noise(item.seconds, item.recordist.kit, item.weather, rng)
    if item.dirt == "only_voice":
        return background + _spoken(item.seconds, background, rng)
    wave = background + _bird(item.species, item, item.snr, background, rng)
    if item.background:
        level = item.snr - rng.uniform(6, 14)
        wave = wave + _bird(item.background, item, level, background, rng)
    if item.dirt == "voice":
        speech = _spoken(min(item.seconds / 2, rng.uniform(1.5, 4)), background, rng)
        at = 0 if rng.random() < 0.5 else len(wave) - len(speech)
        wave[at : at + len(speech)] += speech[: len(wave) - at]
    return wave


def _bird(species, item: Planned, snr: float, background: np.ndarray, rng) -> np.ndarray:
    """Return a bird's song as it reaches the microphone, `snr` dB over the noise in its band."""
    voice = item.voice if species is item.species else draw_voice(rng)
    song = at_distance(sing(species, voice, item.seconds, rng), item.meters, 0.5, rng)
    wanted = band_rms(background, species.band) * 10 ** (snr / 20)
    return song * np.float32(wanted / band_rms(song, species.band, active=True))


def _spoken(seconds: float, background: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a recordist's announcement, close to the microphone."""
    speech = speak(seconds, rng)
    loud = rng.uniform(4, 8) * np.sqrt(np.square(background).mean())
    return speech * np.float32(loud / np.sqrt(np.square(speech).mean()))


def _edited(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a wave edited for another upload: trimmed, filtered, normalized."""
    wave = wave[int(rng.uniform(0.2, 1.0) * SAMPLE_RATE) :]
    wave = np.convolve(wave, [1, -rng.uniform(0.1, 0.4)], mode="same").astype(np.float32)
    return wave * np.float32(0.95 / np.abs(wave).max())


def _refuse_strangers(folder: Path, ids: set[str]) -> None:
    """Raise where the sample would be mixed with other recordings."""
    for path in (*folder.glob(f"{AUDIO_PREFIX}/*/*"), *folder.glob(f"{JSON_PREFIX}/*")):
        if path.stem not in ids:
            raise FileExistsError(
                f"{folder} holds {path.name}, which is not of this sample: give an empty folder"
            )


def _write_metadata(folder: Path, planned: list[Planned]) -> None:
    """Write the CSV in BirdCLEF's order (by label and id) and one JSON per row."""
    rows = [(item, _row(item)) for item in sorted(planned, key=lambda p: (p.species.label, p.id))]
    (folder / CSV_KEY).write_bytes(write_table([row for _, row in rows]))
    for item, row in rows:
        extra = {
            "recorded_on": item.recorded_on,
            "recorded_at": item.recorded_at,
            "seconds": item.seconds,
        }
        below(folder, f"{JSON_PREFIX}/{item.id}.json").write_bytes(to_json(item.id, row, **extra))


def _row(item: Planned) -> dict[str, str]:
    """Return the CSV row, all strings."""
    latitude, longitude = item.coordinates or ("", "")
    others = [item.background.label] if item.background and item.listed else []
    return {
        "primary_label": item.species.label,
        "secondary_labels": str(others),
        "type": str(item.kind),
        "latitude": str(latitude),
        "longitude": str(longitude),
        "scientific_name": item.species.scientific_name,
        "common_name": item.species.common_name,
        "author": item.recordist.name,
        "license": item.license,
        "rating": str(item.rating),
        "url": f"https://recordings.example/{item.id}",
        "filename": f"{item.species.label}/{item.id}.ogg",
    }


def _write_taxonomy(folder: Path, planned: list[Planned]) -> None:
    species = {item.species.label: item.species for item in planned}
    rows = [
        {
            "primary_label": label,
            "scientific_name": kind.scientific_name,
            "common_name": kind.common_name,
            "order": kind.order,
            "family": kind.family,
            "class_name": "Aves",
        }
        for label, kind in sorted(species.items())
    ]
    (folder / TAXONOMY_KEY).write_bytes(write_table(rows, TAXONOMY))
