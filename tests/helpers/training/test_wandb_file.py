"""Curves are read from wandb's file: fragments over blocks, lines in parts, files cut short."""

import json

import pytest
from wandb.proto.wandb_internal_pb2 import Record

from helpers.training.wandb_file import BLOCK, FRAGMENT, HEADER, MAGIC, curves, records


def history(**values) -> bytes:
    record = Record()
    for name, value in values.items():
        record.history.item.add(key=name, value_json=json.dumps(value))
    return record.SerializeToString()


def written(*contents: bytes) -> bytes:
    """Return a file with these records, cut into fragments as LevelDB's format has it."""
    out = bytearray(MAGIC.ljust(HEADER, b"\0"))
    for content in contents:
        kind, left = 1, content
        while True:
            room = BLOCK - len(out) % BLOCK
            if room < FRAGMENT.size:
                out += bytes(room)
                continue
            part, left = left[: room - FRAGMENT.size], left[room - FRAGMENT.size :]
            last = not left
            code = (1 if last else 2) if kind == 1 else (4 if last else 3)
            out += FRAGMENT.pack(0, len(part), code) + part
            kind = 0
            if last:
                break
    return bytes(out)


def test_a_row_has_the_metrics_of_an_epoch():
    points = [history(epoch=n, train_loss=1 / n, _step=n, name="x") for n in (1, 2)]
    assert curves(written(*points)).to_dict("records") == [
        {"epoch": 1, "train_loss": 1.0},
        {"epoch": 2, "train_loss": 0.5},
    ]


@pytest.mark.parametrize("size", [BLOCK - HEADER - 7 - k for k in range(16)] + [3 * BLOCK])
def test_records_over_several_blocks_come_whole(size):
    contents = [b"a" * size, b"b" * 10, b"c"]
    assert list(records(written(*contents))) == contents


def test_a_record_that_was_cut_off_is_left_out():
    data = written(b"first", b"second")
    assert list(records(data[:-1])) == [b"first"]


def test_another_file_is_refused():
    with pytest.raises(ValueError, match="Not a file of wandb"):
        curves(b"PK\x03\x04")
