"""A user's own recordings, in either layout, and what is not one."""

import json
import os
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from helpers.datasets.birds.dataset import DATASET
from helpers.datasets.birds.metadata import write_table
from helpers.samples import Remark
from tests.places import REAL_DATA
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


REAL = REAL_DATA / "birds" / "audio"
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
    assert re.fullmatch(r"train_audio/barn_owl-\w{8}/barn_owl-x_y-\w{8}\.wav", record.media)
    row = json.loads((out / "metadata" / f"{record.id}.json").read_bytes())
    assert (row["primary_label"], row["common_name"]) == ("barn owl", "barn owl")
    assert json.loads((out / "names.json").read_bytes()) == {record.media: "barn owl/x.y.WAV"}


LABELS = [
    "鳥", "犬", "Северный", "Eisvogel-Ö", "Owl", "owl", "barn owl", "barn_owl", "a,b", "a'b", 'a"b',
    "0", "00", "x" * 255, "é" * 120, "$x$", "<b>",
]  # fmt: skip


def test_labels_keep_their_names_and_stay_as_many_as_they_are(tmp_path, out):
    mine = lay(tmp_path / "mine", {f"{label}/1.wav": SOUNDS["wav"] for label in LABELS})
    assert DATASET.ingest(mine, out) == []
    records, drops = DATASET.records(tree(out), tree(out).__getitem__)
    assert sorted(record.label for record in records) == sorted(LABELS) and not drops
    folders = {record.media.split("/")[1].casefold() for record in records}
    assert len(folders) == len({record.id.casefold() for record in records}) == len(LABELS)
    names = json.loads((out / "names.json").read_text("utf-8"))
    assert {r.label: names[r.media] for r in records} == {x: f"{x}/1.wav" for x in LABELS}


@pytest.mark.parametrize(
    "files",
    [
        ("a b.wav", "a_b.wav"),
        ("x.wav", "x.ogg", "x.OGG"),
        ("a/b.wav", "a-b.wav"),
        ("é.wav", unicodedata.normalize("NFD", "é") + ".wav"),
        ("鳥.wav", "犬.wav"),
        ("y" * 200 + "1.wav", "y" * 200 + "2.wav"),
    ],
)
def test_files_that_look_alike_stay_as_many_recordings(tmp_path, out, files):
    sounds = {f"owl/{name}": bytes([n]) for n, name in enumerate(files)}
    DATASET.ingest(lay(tmp_path / "mine", sounds), out)
    records, drops = DATASET.records(tree(out), tree(out).__getitem__)
    assert len(records) == len(files) and not drops
    assert sorted(tree(out)[record.media] for record in records) == sorted(sounds.values())
    assert len(list((out / "metadata").iterdir())) == len(files)


def test_a_class_written_in_two_forms_of_unicode_is_one_class(tmp_path, out):
    forms = (unicodedata.normalize(form, "Eisvogel-Ö") for form in ("NFC", "NFD"))
    DATASET.ingest(lay(tmp_path / "mine", {f"{f}/1.wav": SOUNDS["wav"] for f in forms}), out)
    records, _ = DATASET.records(tree(out), tree(out).__getitem__)
    assert [record.label for record in records] == ["Eisvogel-Ö"] * 2


def test_classes_and_files_that_are_links_are_taken_and_those_to_nowhere_listed(tmp_path, out):
    mine = lay(tmp_path / "mine", {"rook/1.wav": SOUNDS["wav"]})
    far = lay(tmp_path / "far", {"1.wav": SOUNDS["wav"], "2/3.wav": SOUNDS["wav"]})
    (mine / "owl").symlink_to(far)
    (mine / "rook" / "2.wav").symlink_to(far / "1.wav")
    (mine / "rook" / "gone.wav").symlink_to(far / "gone.wav")
    (mine / "rook" / "round").symlink_to(mine)
    (drop,) = DATASET.ingest(mine, out)
    assert drop.source == "rook/gone.wav" and "leads nowhere" in drop.reason
    records, _ = DATASET.records(tree(out), tree(out).__getitem__)
    assert Counter(record.label for record in records) == {"owl": 2, "rook": 2}


def test_a_class_with_blanks_around_its_name_is_the_one_without(tmp_path, out):
    names = ("owl", "owl ", "\u3000owl", " ", "\u00a0")
    mine = lay(tmp_path / "mine", {f"{name}/1.wav": SOUNDS["wav"] for name in names})
    drops = DATASET.ingest(mine, out)
    assert [drop.source for drop in drops] == [" /1.wav", "\u00a0/1.wav"]
    assert all("blank name: rename it" in drop.reason for drop in drops)
    records, more = DATASET.records(tree(out), tree(out).__getitem__)
    assert [record.label for record in records] == ["owl"] * 3 and not more


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("owl/._1.wav", "owl/._1.wav"),
        ("__MACOSX/owl/1.wav", "__MACOSX"),
        (".ipynb_checkpoints/1-checkpoint.wav", ".ipynb_checkpoints"),
        (".git/annex/1.wav", ".git"),
        ("owl/@eaDir/1.wav", "owl/@eaDir"),
        ("$RECYCLE.BIN/1.wav", "$RECYCLE.BIN"),
    ],
)
def test_what_systems_and_tools_leave_is_no_recording_and_counted(tmp_path, out, name, source):
    files = {"owl/1.wav": SOUNDS["wav"], name: SOUNDS["wav"]}
    (drop,) = DATASET.ingest(lay(tmp_path / "mine", files), out)
    assert drop.source == source and "left by a system or a tool" in drop.reason
    assert ("1 file" in drop.reason) == (source != name)
    assert [key for key in tree(out) if key.startswith("train_audio/")] == [
        "train_audio/owl/owl-1.wav"
    ]


def test_a_name_that_is_no_text_is_left_out_and_listed(tmp_path, out):
    mine = lay(tmp_path / "mine", {"owl/1.wav": SOUNDS["wav"]})
    Path(os.fsdecode(os.fsencode(mine / "owl") + b"/\xff.wav")).write_bytes(b"")
    assert DATASET.ingest(mine, out) == [
        Remark("owl/\\xff.wav", "its name is not UTF-8: rename it")
    ]


def test_files_that_macos_has_named_are_found_by_the_tables_rows(tmp_path, out):
    label = "Eisvogel-Ö"
    rows = [{"primary_label": label, "author": "Ada", "filename": f"{label}/Ä1.ogg"}]
    decomposed = unicodedata.normalize("NFD", f"train_audio/{label}/Ä1.ogg")
    files = {"train_metadata.csv": write_table(rows), decomposed: SOUNDS["ogg"]}
    DATASET.ingest(lay(tmp_path / "kaggle", files), out)
    (record,), drops = DATASET.records(tree(out), tree(out).__getitem__)
    assert (record.label, record.media, drops) == (label, f"train_audio/{label}/Ä1.ogg", [])


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


def test_a_row_that_is_cut_off_is_set_aside_alone(tmp_path, out):
    rows = [{"primary_label": "owl", "filename": "owl/XC1.ogg"}]
    files = {
        "train_metadata.csv": write_table(rows) + b"owl,[]",
        "train_audio/owl/XC1.ogg": SOUNDS["ogg"],
    }
    assert DATASET.ingest(lay(tmp_path / "kaggle", files), out) == []
    records, (drop,) = DATASET.records(tree(out), tree(out).__getitem__)
    assert [record.id for record in records] == ["XC1"]
    assert (drop.source, drop.reason) == ("train_metadata.csv, row 2", "names no file: cut off")
    assert [key for key in tree(out) if key.startswith("metadata/")] == ["metadata/XC1.json"]


@pytest.mark.parametrize(
    ("name", "reason"), [("owl/notes.txt", "not an audio file"), ("loose.wav", "not in a class")]
)
def test_what_is_no_recording_is_left_out_and_listed(tmp_path, out, name, reason):
    mine = lay(tmp_path / "mine", {"owl/1.wav": SOUNDS["wav"], name: SOUNDS["wav"]})
    (drop,) = DATASET.ingest(mine, out)
    assert isinstance(drop, Remark) and drop.source == name and reason in drop.reason


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
