"""Small shards for tests of training: photos or clips that a tiny network can tell apart."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import simplejpeg

from helpers.manifest import NAME, Manifest, ShardInfo, SplitInfo, class_weights
from helpers.media import audio
from helpers.streaming.tar import TarWriter

SIDE = 32
LABELS = ["0", "1", "2"]


def photo(label: int, rng: np.random.Generator) -> bytes:
    """Return a JPEG whose brightness tells its label."""
    pixels = rng.integers(0, 60, (SIDE, SIDE, 3)) + 80 * label
    return simplejpeg.encode_jpeg(pixels.astype(np.uint8))


def clip(label: int, rng: np.random.Generator) -> bytes:
    """Return 5 s of FLAC with chirps whose pitch tells their label."""
    time = np.arange(audio.WINDOW) / audio.SAMPLE_RATE
    wave = rng.normal(0, 0.02, audio.WINDOW)
    for start in rng.uniform(0, 4.5, 4):
        inside = (time > start) & (time < start + 0.3)
        wave[inside] += 0.4 * np.sin(2 * np.pi * (1500 + 2500 * label) * time[inside])
    return audio.encode(wave.astype(np.float32), "flac")


KINDS = {"bins": (photo, "jpg"), "birds": (clip, "flac")}


def make_shards(
    folder: Path, dataset: str = "bins", per_shard: int = 10, seed: int = 0, **sizes: int
) -> Manifest:
    """Write shards and their manifest; `sizes` are the samples of train, validation and test."""
    rng = np.random.default_rng(seed)
    make, extension = KINDS[dataset]
    splits = {}
    for split, size in sizes.items():
        targets = [i % len(LABELS) for i in range(size)]
        shards = []
        for start in range(0, size, per_shard):
            name = f"{split}/{split}-{start // per_shard:06d}.tar"
            part = [(f"{split}{i:05d}", targets[i]) for i in range(start, size)[:per_shard]]
            shards.append(write_shard(folder, name, part, lambda t: make(t, rng), extension))
        counts = {label: targets.count(i) for i, label in enumerate(LABELS)}
        total = sum(shard.bytes for shard in shards)
        splits[split] = SplitInfo(size, total, counts, [], shards)
    weights = class_weights(splits["train"].counts)
    manifest = Manifest(dataset, extension, seed, LABELS, splits, weights)
    (folder / NAME).write_text(manifest.to_json())
    return manifest


def write_shard(folder: Path, name: str, part: list, make, extension: str) -> ShardInfo:
    """Write one tar of (key, target) samples."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    writer = TarWriter(out)
    for key, target in part:
        writer.add(f"{key}.{extension}", make(target))
        writer.add(f"{key}.json", json.dumps({"label": LABELS[target], "source": key}).encode())
    writer.close()
    path.write_bytes(out.getvalue())
    return ShardInfo(name, len(part), path.stat().st_size, hashlib.md5(out.getvalue()).hexdigest())
