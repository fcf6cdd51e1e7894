"""A user's own recordings, in either layout, and what is not one."""

import json
from pathlib import Path

import pytest

from helpers.datasets.base import Drop
from helpers.datasets.birds import DATASET
from helpers.datasets.birds_metadata import write_table
from tests.sounds import chirp, file_of


def lay(folder, files: dict[str, bytes]):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def tree(folder) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def out(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


REAL = Path(__file__).parents[2] / ".." / "shared" / "real" / "birds" / "audio"
FORMATS = ("wav", "flac", "ogg", "mp3")
SOUNDS = {name: file_of(chirp(1, rate=16_000), name.upper(), 16_000) for name in FORMATS}


def test_a_folder_per_class_becomes_raw_data_with_its_bytes_unchanged(tmp_path, out):
    files = {f"{label}/1.{c}": data for label in ("owl", "rook") for c, data in SOUNDS.items()}
    assert DATASET.ingest(lay(tmp_path / "mine", files), out) == []
    raw = tree(out)
    owls = [data for key, data in raw.items() if key.startswith("train_audio/owl/")]
    assert sorted(owls) == sorted(SOUNDS.values())
    records, drops = DATASET.records(raw, raw.__getitem__)
    assert len(records) == 8 and drops == []
    assert len([key for key in raw if key.startswith("metadata/")]) == 8
    assert {record.label for record in records} == {"owl", "rook"}


def test_a_recording_by_nobody_known_is_its_own_group(tmp_path, out):
    DATASET.ingest(lay(tmp_path / "mine", {f"owl/{n}.wav": SOUNDS["wav"] for n in "ab"}), out)
    records, _ = DATASET.records(tree(out), tree(out).__getitem__)
    assert [record.groups for record in records] == [("recording:owl-a",), ("recording:owl-b",)]


def test_every_id_has_its_metadata_file(tmp_path, out):
    DATASET.ingest(lay(tmp_path / "mine", {"barn owl/x.y.WAV": SOUNDS["wav"]}), out)
    (record,), _ = DATASET.records(tree(out), tree(out).__getitem__)
    assert record.media == "train_audio/barn_owl/barn_owl-x_y.wav"
    row = json.loads((out / "metadata" / f"{record.id}.json").read_bytes())
    assert (row["primary_label"], row["common_name"]) == ("barn_owl", "barn owl")


def test_birdclefs_layout_is_taken_over_as_it_is(tmp_path, out):
    rows = [{"primary_label": "owl", "author": "Ada", "filename": "owl/XC1.ogg"}]
    files = {
        "train_metadata.csv": write_table(rows),
        "taxonomy.csv": b"primary_label\r\nowl\r\n",
        "train_audio/owl/XC1.ogg": SOUNDS["ogg"],
    }
    assert DATASET.ingest(lay(tmp_path / "kaggle", files), out) == []
    raw = tree(out)
    assert {key: raw[key] for key in files} == files
    assert set(raw) - set(files) == {"metadata/XC1.json"}


@pytest.mark.parametrize(
    ("name", "reason"), [("owl/notes.txt", "not an audio file"), ("loose.wav", "not in a class")]
)
def test_what_is_no_recording_is_left_out_and_listed(tmp_path, out, name, reason):
    mine = lay(tmp_path / "mine", {"owl/1.wav": SOUNDS["wav"], name: SOUNDS["wav"]})
    (drop,) = DATASET.ingest(mine, out)
    assert isinstance(drop, Drop) and drop.source == name and reason in drop.reason


@pytest.mark.parametrize("files", [None, {}, {"owl/a.txt": b""}, {"train_metadata.csv": b"x"}])
def test_a_folder_without_recordings_says_what_is_expected(tmp_path, out, files):
    mine = tmp_path / "mine"
    if files is not None:
        mine.mkdir()
        lay(mine, files)
    with pytest.raises(ValueError, match="one folder per class"):
        DATASET.ingest(mine, out)


@pytest.mark.skipif(not REAL.exists(), reason="../shared/real is not on this machine")
def test_the_real_calls_all_become_samples(out):
    assert DATASET.ingest(REAL, out) == []
    raw = tree(out)
    records, drops = DATASET.records(raw, raw.__getitem__)
    samples = [s for r in records for s in DATASET.samples(r, raw[r.media], "ogg")]
    assert (len(records), drops, len(samples)) == (36, [], 36)
    assert len({sample.meta["label"] for sample in samples}) == 9
    assert DATASET.decode(samples[0].media).shape == (160_000,)
