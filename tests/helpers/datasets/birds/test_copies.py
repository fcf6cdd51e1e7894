"""What becomes of recordings that repeat others: dropped, or joined to one group of the split."""

import re

import numpy as np
import pytest

from helpers.datasets.birds.copies import relate, survey
from helpers.datasets.birds.song import SPECIES, draw_voice, sing
from helpers.samples import Record, Unreadable
from tests.sounds import file_of, hush


def song(seed: int, seconds: float = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 0.2 * sing(SPECIES[1], draw_voice(rng), seconds, rng) + hush(seconds, seed)


WHOLE = song(1, 9)
FILES = {
    "XC1": file_of(WHOLE, "OGG", subtype="VORBIS"),
    "poor": file_of(WHOLE, "OGG", subtype="VORBIS", compression_level=0.9),
    "loud": file_of(np.clip(2.5 * WHOLE, -1, 1), "MP3", subtype="MPEG_LAYER_III"),
    "trim": file_of(WHOLE[40_001:]),
    "long": file_of(np.concatenate([song(7, 3), WHOLE])),
    "next": file_of(song(2, 9)),
    "html": b"<html>",
}
FILES["same"] = FILES["XC1"]


def related(*names: str, **labels: str) -> list:
    records = [Record(n, f"train_audio/{n}", labels.get(n, "owl"), (f"r:{n}",)) for n in names]
    return relate(records, {n: survey(FILES[n]) for n in names})


@pytest.mark.parametrize(
    "name, reason",
    [
        ("same", "the same bytes as train_audio/XC1"),
        ("poor", "near copy: 9.% of its fingerprint is that of train_audio/XC1"),
        ("loud", "near copy: ..% of its fingerprint is that of train_audio/XC1"),
        ("trim", "near copy: ..% of its fingerprint is that of train_audio/XC1"),
    ],
)
def test_a_planted_copy_that_adds_nothing_is_dropped(name, reason):
    (found,) = related("XC1", name, "next")
    assert {found.id, found.other} == {"XC1", name} and found.dropped
    assert re.fullmatch(reason.replace("XC1", found.other), found.reason)


def test_the_shorter_of_two_copies_goes_whatever_its_id():
    (found,) = related("XC1", "long")
    assert (found.id, found.other, found.dropped) == ("XC1", "long", True)


def test_a_copy_under_another_label_joins_its_original():
    (found,) = related("XC1", "poor", poor="robin")
    assert not found.dropped and "labelled owl" in found.reason


def test_recordings_that_overlap_join_each_other():
    FILES["left"], FILES["right"] = (file_of(part) for part in (WHOLE[:192_000], WHOLE[96_000:]))
    (found,) = related("left", "right")
    assert not found.dropped and "with 3 s more" in found.reason


def test_other_songs_are_no_copies():
    assert related("XC1", "next") == []


def test_what_cannot_be_read_has_no_findings():
    with pytest.raises(Unreadable):
        survey(FILES["html"])
    assert (
        relate([Record("a", "a", "owl", ()), Record("b", "b", "owl", ())], {"a": b"", "b": b""})
        == []
    )
