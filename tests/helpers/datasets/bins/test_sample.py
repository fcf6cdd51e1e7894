"""The sample data of bins: the same for a seed, true to its metadata, like the real files."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.datasets.bins.dataset import DATASET
from helpers.datasets.bins.plan import plan
from helpers.media.images import upright_size
from tests.places import REAL_DATA

REAL = REAL_DATA / "bins"


def digest(folder: Path) -> str:
    """Return one checksum of all names and bytes below a folder."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw a sample once, in several processes."""
    folder = tmp_path_factory.mktemp("bins")
    DATASET.make_sample(folder, seed=3, images=100)
    return folder


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_processes(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.datasets.bins.sample.FEW", 1000)
    DATASET.make_sample(tmp_path, seed=3, images=100)
    assert digest(tmp_path) == digest(raw)


def test_another_seed_gives_other_bytes(tmp_path: Path) -> None:
    for seed in (0, 1):
        DATASET.make_sample(tmp_path / str(seed), seed=seed, images=6)
    assert digest(tmp_path / "0") != digest(tmp_path / "1")


def test_it_says_which_photos_have_which_fault(tmp_path: Path) -> None:
    dirt = DATASET.make_sample(tmp_path, images=20, broken=4)
    assert [len(dirt[fault]) for fault in ("truncated", "png", "html")] == [2, 1, 1]
    assert (tmp_path / dirt["png"][0]).read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / dirt["html"][0]).read_bytes().startswith(b"<html>")


def test_it_does_not_mix_with_other_photos(raw: Path) -> None:
    with pytest.raises(FileExistsError, match="give an empty folder"):
        DATASET.make_sample(raw, seed=4, images=100)


def test_a_copy_has_the_bytes_of_another_and_again_only_its_goods(raw: Path) -> None:
    bins = plan(3, 100, 1)
    twins = [b for b in bins if b.contents != b.index]
    assert {b.fault for b in twins} == {"copy", "again"}
    for twin in twins:
        ids = (twin.id, bins[twin.contents].id)
        row, other_row = ((raw / f"metadata/{i}.json").read_bytes() for i in ids)
        photo, other_photo = ((raw / f"bin-images/{i}.jpg").read_bytes() for i in ids)
        assert row == other_row
        assert (photo == other_photo) == (twin.fault == "copy")


def test_copies_and_second_photos_share_a_group(raw: Path) -> None:
    keys = [p.relative_to(raw).as_posix() for p in raw.rglob("*.*")]
    records, _ = DATASET.records(keys, lambda key: (raw / key).read_bytes())
    groups = {record.id: record.groups for record in records}
    bins = plan(3, 100, 1)
    twins = [(b.id, bins[b.contents].id) for b in bins if b.contents != b.index]
    assert twins and all(groups[one] == groups[other] for one, other in twins)


def test_the_metadata_is_written_as_the_real_files_are(raw: Path) -> None:
    for path in (raw / "metadata").iterdir():
        text = path.read_text("ascii")
        row = json.loads(text)
        assert list(row) == ["BIN_FCSKU_DATA", "EXPECTED_QUANTITY"]
        assert text == json.dumps(row, indent=4, sort_keys=True)
        for asin, item in row["BIN_FCSKU_DATA"].items():
            assert item["asin"] == asin and len(asin) == 10
            assert item["height"]["value"] <= item["width"]["value"] <= item["length"]["value"]


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real/bins is absent")
def test_its_items_have_the_fields_of_the_real_ones(raw: Path) -> None:
    def fields(folder: Path) -> set:
        rows = [json.loads(path.read_bytes()) for path in (folder / "metadata").iterdir()]
        items = [item for row in rows for item in row["BIN_FCSKU_DATA"].values()]
        sides = {(k, *sorted(v)) for item in items for k, v in item.items() if isinstance(v, dict)}
        return sides | {tuple(item) for item in items}

    assert fields(raw) == fields(REAL)


def test_photos_have_the_sizes_and_bytes_of_real_ones(raw: Path) -> None:
    odd = {b.id for b in plan(3, 100, 1) if b.fault}
    photos = [p for p in (raw / "bin-images").iterdir() if p.stem not in odd]
    sizes = np.array([upright_size(p.read_bytes()) for p in photos])
    assert 200 < sizes.min() and sizes.max() < 1100  # the 117 real ones: 240 to 1,065
    bytes_ = np.array([p.stat().st_size for p in photos])
    assert 40_000 < np.median(bytes_) < 75_000  # the real median is 53,934
    with Image.open(photos[0]) as image:
        assert (image.mode, len(image.getexif())) == ("RGB", 0)
        assert sum(image.quantization[0]) == 369  # quality 95, as the real files have it
