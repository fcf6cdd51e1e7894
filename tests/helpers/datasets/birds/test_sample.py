"""The sample's files: deterministic, in BirdCLEF's layout, dirty as planned."""

import csv
import io
import json

import numpy as np
import pytest

from helpers.datasets.birds.dataset import DATASET
from helpers.datasets.birds.metadata import COLUMNS, ddl
from helpers.datasets.birds.plan import plan
from helpers.datasets.birds.sample import TAXONOMY, media_key, render
from helpers.media import audio
from helpers.media.recordings import clean
from helpers.samples import Unreadable

SIZES = {"recordings": 48, "species": 4, "recordists": 10}
DIRTY = {item.dirt: item for item in plan(0, 240, 8, 20) if item.dirt}


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    DATASET.make_sample(folder, **SIZES)
    return folder


def test_the_layout_is_birdclefs(raw):
    rows = list(csv.DictReader(io.StringIO((raw / "train_metadata.csv").read_text())))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 48
    for row in rows:
        assert (raw / "train_audio" / row["filename"]).is_file()
    taxonomy = (raw / "taxonomy.csv").read_text().splitlines()
    assert taxonomy[0] == ",".join(TAXONOMY) and len(taxonomy) == 5


def test_every_row_has_its_json_on_one_line_with_the_tables_keys(raw):
    files = sorted((raw / "metadata").glob("*.json"))
    assert len(files) == 48
    for path in files:
        (line,) = path.read_text().splitlines()
        row = json.loads(line)
        assert row["id"] == path.stem
        assert all(f"`{key}`" in ddl("d", "t", "s3://b/p") for key in row)


def test_recordings_are_mono_at_32_khz_and_made_alike_in_any_process(raw):
    for item in plan(0, *SIZES.values())[:3]:
        data = (raw / media_key(item)).read_bytes()
        wave, rate = audio.read_audio(data)
        assert rate == 32_000 and len(wave) == pytest.approx(item.seconds * rate, abs=1)
        assert data == render(item)


def test_a_folder_with_other_recordings_is_refused(raw):
    with pytest.raises(FileExistsError, match="give an empty folder"):
        DATASET.make_sample(raw, seed=1, **SIZES)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("truncated", "truncated"),
        ("not_audio", "not audio"),
        ("empty", "empty"),
        ("only_voice", "human speech in all"),
    ],
)
def test_unreadable_files_are_found_for_the_right_reason(kind, reason):
    with pytest.raises(Unreadable, match=reason):
        clean(render(DIRTY[kind]))


@pytest.mark.parametrize("kind", ["voice", "silence", "clipping"])
def test_other_dirt_shows_in_the_measures(kind):
    measures = clean(render(DIRTY[kind])).measures
    assert measures["speech" if kind == "voice" else kind] > 0.0005


def test_an_exact_copy_has_the_originals_bytes_and_a_near_copy_only_its_sound():
    exact, near = DIRTY["exact_duplicate"], DIRTY["near_duplicate"]
    assert render(exact) == render(exact.original)
    assert render(near) != render(near.original)


def test_no_recording_is_silent_and_only_the_clipped_clip():
    for item in [item for item in plan(0, 240, 8, 20) if not item.dirt][:6]:
        wave, _ = audio.read_audio(render(item))
        assert 0.05 < np.abs(wave).max() < 0.985
