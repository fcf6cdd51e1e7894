"""Writes the sample data set of bins: photos, metadata, dirt; plan.py decides on its contents."""

import io
import json
import os
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from helpers.datasets.bins.catalog import Item
from helpers.datasets.bins.metadata import COUNT, ITEMS, METADATA, PHOTOS
from helpers.datasets.bins.plan import Bin, goods, plan
from helpers.datasets.bins.scene import photograph, to_jpeg
from helpers.paths import below

IMAGES = 2000
"""Enough to learn counting from: small residual networks got 0.82 to 0.86 of the test photos right
after 36 epochs of 1,271 of them at 64 pixels (85 s of one processor), and 0.75 after 50 of 900.
Drawing takes 19 ms of one processor a photo."""
FEW = 40
"""Up to so many bins, starting processes takes longer than drawing."""
_TURNS = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held that way stores its picture, by EXIF orientation."""


def make(
    folder: Path, *, seed: int = 0, images: int = IMAGES, broken: int | None = None
) -> dict[str, list[str]]:
    """Write `images` bins below `folder`, byte for byte the same for the same numbers.

    `broken` of the photos are truncated or no JPEG at all: 1 % unless given. `plan.DIRT`
    lists the other faults.

    Returns:
        The keys of the photos with a fault, by kind of fault.

    Raises:
        FileExistsError: `folder` has photos of another seed or size, or the user's own.
    """
    bins = plan(seed, images, images // 100 if broken is None else broken)
    _refuse_strangers(folder, {b.id for b in bins})
    for name in (PHOTOS, METADATA):
        (folder / name).mkdir(parents=True, exist_ok=True)
    jobs = [(folder, seed, images, b) for b in bins]
    with tqdm(total=len(jobs), desc="Drawing bins", unit="photo") as bar:
        for _ in _run(jobs):
            bar.update()
    dirt: dict[str, list[str]] = defaultdict(list)
    for bin_ in bins:
        if bin_.fault:
            dirt[bin_.fault].append(f"{PHOTOS}/{bin_.id}.jpg")
    return dict(dirt)


def write_bin(job: tuple[Path, int, int, Bin]) -> None:
    """Draw one bin and write its photo and metadata, with its fault."""
    folder, seed, images, bin_ = job
    items, cell, units = goods(seed, images, bin_)
    camera = bin_.index if bin_.fault == "again" else bin_.contents
    rng = np.random.default_rng([seed, camera, 2])
    photo = photograph(rng, cell, units)
    if bin_.fault != "no photo":
        data = _as_file(photo, bin_.fault, bin_.index)
        below(folder, f"{PHOTOS}/{bin_.id}.jpg").write_bytes(data)
    if bin_.fault != "no metadata":
        text = metadata(items, wrong=bin_.fault == "wrong total")
        below(folder, f"{METADATA}/{bin_.id}.json").write_text(text, encoding="ascii")


def metadata(items: list[Item], wrong: bool = False) -> str:
    """Return a bin's JSON as the real files are written; `wrong` miscounts the total by one."""
    quantities = Counter(item.asin for item in items)
    rows = {item.asin: {**item.row, "quantity": quantities[item.asin]} for item in items}
    return json.dumps({ITEMS: rows, COUNT: len(items) + wrong}, indent=4, sort_keys=True)


def _run(jobs: list[tuple]):
    """Yield each bin that is done, from a process for each core."""
    workers = min(len(os.sched_getaffinity(0)), 8)
    if len(jobs) <= FEW or workers == 1:
        yield from map(write_bin, jobs)
        return
    # spawn: a notebook's kernel has threads, whose locks a forked child would inherit
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(write_bin, jobs, chunksize=8)


def _as_file(photo: Image.Image, fault: str, index: int) -> bytes:
    """Return a photo's file with its fault."""
    if fault == "turned":
        orientation = (6, 8, 3)[index % 3]
        exif = Image.Exif()
        exif[0x0112] = orientation
        return to_jpeg(photo.transpose(_TURNS[orientation]), exif.tobytes())
    if fault in ("tiny", "strip", "huge"):
        size = {"tiny": (24, 16), "strip": (600, 40), "huge": (photo.width * 6, photo.height * 6)}
        return to_jpeg(photo.resize(size[fault], Image.Resampling.BILINEAR))
    data = to_jpeg(photo)
    if fault == "truncated":
        return data[: len(data) * (20 + index % 70) // 100]
    if fault == "png":
        buffer = io.BytesIO()
        photo.save(buffer, "PNG")
        return buffer.getvalue()
    if fault == "html":
        return b"<html><head><title>503 Service Unavailable</title></head></html>\n"
    return b"" if fault == "empty" else data


def _refuse_strangers(folder: Path, ids: set[str]) -> None:
    """Raise where the sample would be mixed with other photos."""
    for path in (*folder.glob(f"{PHOTOS}/*"), *folder.glob(f"{METADATA}/*")):
        if path.stem not in ids:
            raise FileExistsError(
                f"{folder} holds {path.name}, which is not of this sample: give an empty folder"
            )
