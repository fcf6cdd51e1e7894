"""The birds data set's interface: records, drops, samples in every store."""

import json

import numpy as np
import pytest
import torch

from helpers.datasets import load_dataset
from helpers.datasets.birds.dataset import DATASET
from helpers.datasets.birds.metadata import write_table
from helpers.media.logmel import LogMel
from helpers.samples import Record, Remark, Unreadable
from tests.sounds import chirp, file_of, hush, placed

RECORDING = file_of(placed(chirp(1), 2, placed(chirp(1), 9, hush(14))), "OGG")


def row(name: str, label: str = "owl", author: str = "Ada") -> dict[str, str]:
    return {"primary_label": label, "author": author, "filename": name, "type": "['song']"}


def raw_of(rows: list[dict], extra: tuple[str, ...] = (), **tables: bytes) -> dict[str, bytes]:
    media = {f"train_audio/{r['filename']}": b"" for r in rows}
    return {"train_metadata.csv": write_table(rows), **media, **dict.fromkeys(extra, b""), **tables}


def records_of(raw: dict[str, bytes]) -> tuple[list[Record], list[Remark]]:
    return DATASET.records(raw, raw.__getitem__)


@pytest.fixture(scope="module")
def record() -> Record:
    ((found,), _) = records_of(raw_of([row("owl/XC1.ogg")]))
    return found


def test_it_is_the_data_set_called_birds():
    assert load_dataset("birds") is DATASET and DATASET.stores[0] == "ogg"


def test_records_come_by_id_with_label_media_groups_and_parsed_metadata():
    records, drops = records_of(raw_of([row("rook/XC9.ogg", "rook"), row("owl/XC1.ogg")]))
    assert [r.id for r in records] == ["XC1", "XC9"] and drops == []
    assert records[0].media == "train_audio/owl/XC1.ogg"
    assert records[0].groups == ("recordist:ada", "recording:XC1")
    assert records[0].meta["type"] == ["song"]


def test_a_species_has_its_common_name_beside_its_code_where_that_says_more():
    named = row("barswa/XC1.ogg", "barswa") | {"common_name": "Barn Swallow"}
    own = row("owl/XC2.ogg") | {"common_name": "owl"}
    records, _ = records_of(raw_of([named, own, row("x/XC3.ogg", "x")]))
    assert DATASET.label_names(records) == {"barswa": "Barn Swallow (barswa)"}


def test_one_recordist_written_two_ways_is_one_group():
    records, _ = records_of(raw_of([row("owl/XC1.ogg"), row("owl/XC2.ogg", author=" ADA ")]))
    assert records[0].groups[0] == records[1].groups[0]


def test_nothing_is_left_out_in_silence():
    rows = [row("owl/XC1.ogg"), row("owl/XC1.ogg"), row("owl/XC2.ogg"), row("owl/XC3.ogg", "")]
    raw = raw_of(rows, extra=("train_audio/owl/XC8.ogg", "train_audio/owl/notes.txt"))
    del raw["train_audio/owl/XC2.ogg"]
    records, drops = records_of(raw)
    assert [r.id for r in records] == ["XC1"]
    assert {(d.source.split("/")[-1], d.reason.split(" ")[0]) for d in drops} == {
        ("XC1.ogg", "second"),
        ("XC2.ogg", "row"),
        ("XC3.ogg", "row"),
        ("XC8.ogg", "no"),
        ("notes.txt", "no"),
    }


def test_raw_data_without_its_table_says_what_to_run():
    with pytest.raises(FileNotFoundError, match="run notebook 01"):
        DATASET.records(["train_audio/owl/XC1.ogg"], lambda key: b"")


def test_a_recording_becomes_windows_with_unique_keys_and_json_metadata(record):
    samples = DATASET.samples(record, RECORDING, "ogg")
    starts = [int(sample.key.removeprefix("XC1-")) for sample in samples]
    assert starts == pytest.approx([1750, 8750], abs=100)
    for sample in samples:
        assert "." not in sample.key and sample.extension == "ogg"
        meta = json.loads(json.dumps(sample.meta))
        assert (meta["label"], meta["source"]) == ("owl", "train_audio/owl/XC1.ogg")
        assert meta["groups"] == ["recordist:ada", "recording:XC1"] and meta["seconds"] == 14


@pytest.mark.parametrize("store", DATASET.stores)
def test_samples_are_the_same_bytes_each_time(record, store):
    assert DATASET.samples(record, RECORDING, store) == DATASET.samples(record, RECORDING, store)


@pytest.mark.parametrize("store", ["ogg", "flac"])
def test_stored_sound_decodes_to_five_seconds(record, store):
    wave = DATASET.decode(DATASET.samples(record, RECORDING, store)[0].media)
    assert wave.shape == (160_000,) and wave.dtype == np.int16 and np.abs(wave).max() > 3000


def test_a_stored_log_mel_is_the_picture_of_the_same_window(record):
    sound, picture = (
        DATASET.decode(DATASET.samples(record, RECORDING, store)[0].media)
        for store in ("flac", "mel")
    )
    assert picture.shape == (64, 157) and picture.dtype == np.uint8
    front = LogMel()
    made, kept = (front(torch.from_numpy(item[None])) for item in (sound, picture))
    assert (made.clamp(-4, 8) - kept).abs().mean() < 0.05


def test_what_cannot_be_read_says_why_and_an_unknown_store_is_refused(record):
    with pytest.raises(Unreadable, match="truncated"):
        DATASET.samples(record, RECORDING[:5000], "ogg")
    with pytest.raises(ValueError, match="ogg, flac, mel"):
        DATASET.samples(record, RECORDING, "opus")


@pytest.mark.parametrize("store, most", [("flac", 0), ("mel", 0), ("ogg", 3000)])
def test_a_requests_inputs_are_its_samples_that_nothing_has_stored(record, store, most):
    samples = DATASET.samples(record, RECORDING, store)
    inputs = DATASET.inputs(RECORDING, store)
    assert [start for start, _ in inputs.spans] == [s.meta["start"] for s in samples]
    assert inputs.measures["seconds"] == 14
    for array, sample in zip(inputs.arrays, samples, strict=True):
        decoded = DATASET.decode(sample.media)
        assert (array.dtype, array.shape) == (decoded.dtype, decoded.shape)
        assert np.abs(array.astype(int) - decoded).max() <= most


def test_a_window_ends_where_its_last_sound_was_in_the_raw_recording():
    spans = DATASET.inputs(RECORDING, "ogg").spans
    assert all(0 <= start < end <= 14 for start, end in spans)
    assert [end - start for start, end in spans] == pytest.approx([5.0] * len(spans), abs=1e-3)


def test_a_request_of_more_sound_than_an_endpoint_has_time_for_is_refused():
    long = file_of(np.zeros(8000 * 1801, np.float32), "FLAC", rate=8000)
    with pytest.raises(Unreadable, match="longer than 0.5 h"):
        DATASET.inputs(long, "ogg")
