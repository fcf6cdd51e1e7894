"""Cleaning and windows: what is measured, what is cut, what is kept."""

import tracemalloc

import numpy as np
import pytest

from helpers.datasets.birds.speech import speak
from helpers.media import long_wave, recordings
from helpers.media.audio import SAMPLE_RATE, WINDOW
from helpers.samples import Unreadable
from tests.sounds import chirp, file_of, hush, placed


def windows_of(wave: np.ndarray) -> list[recordings.Window]:
    return windows_of_file(file_of(wave))


def windows_of_file(data: bytes) -> list[recordings.Window]:
    return recordings.windows(recordings.clean(data))


def test_speech_is_cut_out_and_places_in_the_raw_recording_are_kept():
    words = 0.25 * speak(3, np.random.default_rng(1))
    cleaned = recordings.clean(file_of(placed(chirp(1), 8, placed(words, 2, hush(12)))))
    assert cleaned.measures["speech"] == pytest.approx(3.3 / 12, abs=0.05)
    left = 12 * (1 - cleaned.measures["speech"])
    assert len(cleaned.wave) / SAMPLE_RATE == pytest.approx(left, abs=0.01)
    late = int(np.abs(cleaned.wave).argmax())
    assert 8 <= cleaned.raw_seconds(late) <= 9


def test_without_speech_every_sample_stays():
    wave = placed(chirp(1), 3, hush(7))
    assert len(recordings.clean(file_of(wave)).wave) == len(wave)


@pytest.mark.parametrize(
    ("wave", "reason"),
    [
        (np.zeros(SAMPLE_RATE * 6, dtype=np.float32), "silent"),
        (chirp(0.1), "too short"),
        (0.3 * speak(6, np.random.default_rng(2)), "human speech in all"),
    ],
)
def test_a_recording_without_a_bird_in_it_is_unreadable_with_its_reason(wave, reason):
    with pytest.raises(Unreadable, match=reason):
        recordings.clean(file_of(wave))


def test_silence_and_clipping_are_measured():
    wave = np.clip(3 * chirp(8), -1, 1)
    wave[4 * SAMPLE_RATE :] = 0
    measures = recordings.clean(file_of(wave)).measures
    assert measures["silence"] == pytest.approx(0.5, abs=0.02)
    assert 0.1 < measures["clipping"] < 0.5
    assert recordings.clean(file_of(chirp(8))).measures["clipping"] == 0


def test_windows_start_just_before_a_sound_and_skip_what_is_empty():
    wave = placed(chirp(1), 2, placed(chirp(1), 14, hush(30)))
    starts = [window.start for window in windows_of(wave)]
    assert starts == pytest.approx([2 - 0.25, 14 - 0.25], abs=0.1)


def test_a_song_without_pause_is_cut_edge_to_edge():
    starts = [window.start for window in windows_of(chirp(20) + hush(20))]
    assert np.diff(starts) == pytest.approx([5, 5, 5], abs=0.01)


def test_the_last_window_is_moved_back_to_be_whole():
    windows = windows_of(placed(chirp(8), 0, hush(8)))
    assert [window.start for window in windows] == pytest.approx([0, 3], abs=0.01)
    assert all(len(window.wave) == WINDOW for window in windows)


def test_a_short_tail_is_no_window_of_its_own():
    assert len(windows_of(chirp(5.8) + hush(5.8))) == 1


@pytest.mark.parametrize("seconds", [0.3, 4, 5, 11])
def test_a_recording_with_nothing_in_it_still_gives_one_window(seconds):
    (window,) = windows_of(hush(seconds))
    assert len(window.wave) == min(WINDOW, int(seconds * SAMPLE_RATE))
    assert window.active < recordings.MIN_ACTIVE


def test_a_clearer_song_measures_a_higher_ratio():
    loud, faint = (windows_of(placed(gain * chirp(2), 1, hush(5)))[0].snr for gain in (1, 0.05))
    assert loud > faint + 15


def test_a_recording_that_lies_in_a_file_has_the_same_windows_and_takes_little_memory(monkeypatch):
    words = 0.25 * speak(3, np.random.default_rng(1))
    data = file_of(placed(words, 40, np.tile(placed(chirp(4), 8, hush(30)), 4)), "FLAC")
    whole = windows_of_file(data)
    monkeypatch.setattr(long_wave, "IN_MEMORY", 1 << 20)
    tracemalloc.start()
    try:
        windows = windows_of_file(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(w.start, w.end, w.snr) for w in windows] == [(w.start, w.end, w.snr) for w in whole]
    assert all(np.array_equal(w.wave, v.wave) for w, v in zip(windows, whole, strict=True))
    assert len(windows) >= 4 and peak < 2 * 4 * 120 * SAMPLE_RATE  # of float32: twice is less
    assert {type(window.cleaned.wave) for window in windows} == {long_wave.LongWave}


def test_cleaning_a_window_again_changes_nothing():
    (window,) = windows_of(placed(chirp(1), 2, hush(5)))
    (again,) = windows_of(window.wave)
    assert np.abs(again.wave - window.wave).max() < 1e-4 and again.start == 0
