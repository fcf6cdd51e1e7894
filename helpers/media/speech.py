"""Detects human speech in a wave; knows a voice activity model, no birds and no files.

The model is Silero VAD, which is part of its package. ONNX Runtime runs it, 16 s of sound a
call (about 900 times real time on one core, without torch).
"""

import functools
import importlib.util
from pathlib import Path

import numpy as np

from helpers.media.audio import resample_long
from helpers.media.long_wave import Wave
from helpers.onnx_session import open_session

RATE = 16_000
"""Hz; the rate of the model's training."""
FRAME = 512
"""Samples a decision, 32 ms."""
_CONTEXT = 64
_BLOCK = 512
"""Frames a call, 16 s: ONNX Runtime needs 16 MB for them, and 75 MB for those of a minute."""
_MODEL = "silero_vad_16k_sequence.onnx"

SPEECH, SILENCE = 0.6, 0.4
"""Speech starts at the first probability and lasts until the second."""
CONFIDENT = 0.85
"""Mean probability over a short stretch: birds stay below it, words reach 0.9 and more."""
MIN_SPEECH = 0.4
"""Seconds; shorter bursts are more often a bird than a word."""
MERGE_GAP = 0.5
"""Seconds; a pause between words belongs to the speech."""
MARGIN = 0.15
"""Seconds cut off on both sides: a word's edges are quieter than its middle."""
HOOT_SHARE = 0.5
"""Share of a hoot's energy in one narrow band; a voice spreads over its formants."""
LONG_SECONDS = 2.0
"""No bird is mistaken for speech for longer, so a lower probability is enough then."""
CONFIDENT_LONG = 0.7
_VOICE_HZ = (200, 4000)
_HOOT_HZ = 150


def speech_spans(wave: Wave, rate: int) -> list[tuple[float, float]]:
    """Return (start, end) in seconds of each stretch of human speech, in order, apart.

    The model mistakes the hoots of hoopoes, owls and doves for vowels. They are pure tones, with a
    much narrower spectrum than a voice.
    """
    wave = resample_long(wave, rate, RATE)
    probability = speech_probability(wave)
    second = RATE / FRAME
    length = len(wave) / RATE
    return [
        (max(0.0, first / second - MARGIN), min(length, last / second + MARGIN))
        for first, last in _merge(_runs(probability))
        if _is_speech(probability[first:last], wave[first * FRAME : last * FRAME])
    ]


def speech_probability(wave: Wave) -> np.ndarray:
    """Return the probability of speech for each 32 ms of a 16 kHz wave."""
    if not len(wave):
        return np.zeros(0, dtype=np.float32)
    hidden = cell = np.zeros((1, 1, 128), dtype=np.float32)
    pieces = []
    for first in range(0, len(wave), _BLOCK * FRAME):
        part = wave[max(0, first - _CONTEXT) : first + _BLOCK * FRAME]
        before = 0 if first else _CONTEXT
        after = -(before + len(part) - _CONTEXT) % FRAME
        padded = np.pad(part.astype(np.float32), (before, after))
        frames = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT + FRAME)[::FRAME]
        block = np.ascontiguousarray(frames)
        inputs = {"input": block, "h": hidden, "c": cell}
        speech, hidden, cell = _model().run(["speech_probs", "hn", "cn"], inputs)
        pieces.append(speech.reshape(-1))
    return np.concatenate(pieces)


def _runs(probability: np.ndarray) -> list[tuple[int, int]]:
    """Return (first, after last) frame of each run, with hysteresis."""
    runs, start = [], None
    for index, value in enumerate(probability):
        if start is None and value >= SPEECH:
            start = index
        elif start is not None and value < SILENCE:
            runs.append((start, index))
            start = None
    return runs if start is None else [*runs, (start, len(probability))]


def _merge(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs separated by a short pause."""
    merged: list[tuple[int, int]] = []
    for first, last in runs:
        if merged and first - merged[-1][1] < MERGE_GAP * RATE / FRAME:
            first = merged.pop()[0]
        merged.append((first, last))
    return merged


def _is_speech(probability: np.ndarray, wave: np.ndarray) -> bool:
    """Return whether a run of frames is speech rather than a bird."""
    seconds = len(wave) / RATE
    if seconds >= LONG_SECONDS:
        return bool(probability.mean() >= CONFIDENT_LONG)
    sure = seconds >= MIN_SPEECH and probability.mean() >= CONFIDENT
    return bool(sure and not _is_hoot(wave))


def _is_hoot(wave: np.ndarray) -> bool:
    """Return whether a sound is a pure tone rather than a voice."""
    frames = wave[: len(wave) // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
    power = np.square(np.abs(np.fft.rfft(frames, axis=1))).sum(axis=0)
    low, high, width = (round(hertz / RATE * 1024) for hertz in (*_VOICE_HZ, _HOOT_HZ))
    power = power[low:high]
    return bool(np.convolve(power, np.ones(width)).max() >= HOOT_SHARE * power.sum())


@functools.cache
def _model():
    """Load the model, once in a process.

    Raises:
        ModuleNotFoundError: silero-vad is not installed.
    """
    package = importlib.util.find_spec("silero_vad")  # finding the package does not import torch
    if package is None:
        raise ModuleNotFoundError("silero-vad is missing: pip install -r requirements.txt")
    path = Path(package.submodule_search_locations[0]) / "data" / _MODEL
    return open_session(path, threads=1)
