"""Laying out somebody's own photos of bins."""

import json
import unicodedata
from pathlib import Path

import pytest

from helpers.datasets.bins.dataset import DATASET

GOOD = b'{"EXPECTED_QUANTITY": 2}'


def write(folder: Path, **files: bytes) -> None:
    """Write files whose names have `__` for a slash and `_` for a dot."""
    for name, data in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def laid_out(folder: Path) -> list[str]:
    """Return all files below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("photos", "rows"), [("images__", "metadata__"), ("bin-images__", "metadata__"), ("", "")]
)
def test_pairs_are_laid_out_from_any_of_the_layouts(tmp_path: Path, photos: str, rows: str) -> None:
    source, raw = tmp_path / "mine", tmp_path / "raw"
    write(source, **{f"{photos}a_jpg": b"photo", f"{rows}a_json": GOOD})
    assert DATASET.ingest(source, raw) == []
    assert laid_out(raw) == ["bin-images/a.jpg", "metadata/a.json"]
    assert (raw / "bin-images/a.jpg").read_bytes() == b"photo"


def test_photos_that_are_links_are_brought_and_those_to_nowhere_listed(tmp_path: Path) -> None:
    source, raw = tmp_path / "mine", tmp_path / "raw"
    write(source, **{f"metadata__{name}_json": GOOD for name in "ab"}, far__a_jpg=b"photo")
    (source / "images").mkdir()
    for name in "ab":
        (source / "images" / f"{name}.jpg").symlink_to(f"../far/{name}.jpg")
    drops = {drop.source: drop.reason for drop in DATASET.ingest(source, raw)}
    assert drops.keys() == {"far", "images/b.jpg", "metadata/b.json"}
    assert "leads nowhere" in drops["images/b.jpg"]
    assert laid_out(raw) == ["bin-images/a.jpg", "metadata/a.json"]
    assert not (raw / "bin-images/a.jpg").is_symlink()


def test_what_has_no_partner_or_no_count_is_listed(tmp_path: Path) -> None:
    source = tmp_path / "mine"
    write(source, a_jpg=b"", a_json=GOOD, b_jpg=b"", c_json=GOOD, d_jpg=b"", d_json=b"{}")
    drops = {drop.source: drop.reason for drop in DATASET.ingest(source, tmp_path / "raw")}
    assert laid_out(tmp_path / "raw") == ["bin-images/a.jpg", "metadata/a.json"]
    assert drops.keys() == {"b.jpg", "c.json", "d.json"}
    assert "b.json is missing" in drops["b.jpg"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("images/b.png", "neither a photo"),
        ("metadata/b.txt", "neither a photo"),
        ("b.jpg", "neither a photo"),
        ("images/.DS_Store", "left by a system"),
        ("__MACOSX/images/a.jpg", "left by a system or a tool: 1 file"),
        ("more/c.jpg", "a folder in which nothing is looked for"),
    ],
)
def test_what_lies_where_nothing_is_looked_for_is_listed(tmp_path, name, reason):
    source = tmp_path / "mine"
    write(source, images__a_jpg=b"", metadata__a_json=GOOD)
    (source / name).parent.mkdir(parents=True, exist_ok=True)
    (source / name).touch()
    (drop,) = DATASET.ingest(source, tmp_path / "raw")
    assert reason in drop.reason
    assert laid_out(tmp_path / "raw") == ["bin-images/a.jpg", "metadata/a.json"]


@pytest.mark.parametrize(
    "names", [("e.f", "e_f"), ("鳥", "犬"), ("B", "b"), ("a b", "a_b"), ("z" * 240, "z" * 241)]
)
def test_names_of_any_kind_become_ids_that_stay_as_many(tmp_path: Path, names: tuple) -> None:
    source, raw = tmp_path / "mine", tmp_path / "raw"
    source.mkdir()
    for name in names:
        (source / f"{name}.jpg").write_bytes(name.encode())
        (source / f"{name}.json").write_bytes(GOOD)
    assert DATASET.ingest(source, raw) == []
    records, drops = DATASET.records(laid_out(raw), lambda key: (raw / key).read_bytes())
    assert len(records) == 2 and not drops
    assert {(raw / r.media).read_bytes().decode() for r in records} == set(names)
    told = json.loads((raw / "names.json").read_text("utf-8"))
    for record in records:
        own = told.get(record.media, f"{record.id}.jpg")
        assert own == (raw / record.media).read_bytes().decode() + ".jpg"


def test_a_photo_and_its_row_meet_in_either_form_of_unicode(tmp_path: Path) -> None:
    photo, row = (unicodedata.normalize(form, "Größe") for form in ("NFD", "NFC"))
    write(tmp_path / "mine", **{f"{photo}_jpg": b"", f"{row}_json": GOOD})
    assert DATASET.ingest(tmp_path / "mine", tmp_path / "raw") == []


def test_a_second_photo_of_one_name_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "mine", a_jpeg=b"1", a_jpg=b"2", a_json=GOOD)
    (drop,) = DATASET.ingest(tmp_path / "mine", tmp_path / "raw")
    assert drop.source == "a.jpg" and "beside a.jpeg" in drop.reason


def test_upper_case_endings_become_the_data_sets_own(tmp_path: Path) -> None:
    write(tmp_path / "mine", a_JPEG=b"", a_json=GOOD)
    DATASET.ingest(tmp_path / "mine", tmp_path / "raw")
    assert laid_out(tmp_path / "raw") == ["bin-images/a.jpg", "metadata/a.json"]


def test_a_second_ingest_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "mine", a_jpg=b"photo", a_json=GOOD)
    for _ in range(2):
        assert DATASET.ingest(tmp_path / "mine", tmp_path / "raw") == []
    assert len(laid_out(tmp_path / "raw")) == 2


def test_a_folder_that_is_not_there_or_holds_no_pair_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="No folder .*gone: give one that has <id>.jpg"):
        DATASET.ingest(tmp_path / "gone", tmp_path / "raw")
    write(tmp_path / "mine", a_jpg=b"", b_json=GOOD)
    with pytest.raises(FileNotFoundError, match=r"\(1 photos, 1 JSON files\): put <id>.jpg"):
        DATASET.ingest(tmp_path / "mine", tmp_path / "raw")
