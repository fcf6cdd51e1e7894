"""Find human speech in a wave; it knows a voice-activity model, nothing of birds or files.

The model is Silero VAD, which ships inside its package; it is run here by ONNX Runtime alone, a
minute of sound a call (about 900 times real time on one core, without torch).
"""

import functools
import importlib.util
from pathlib import Path

import numpy as np

from helpers.audio import resample

RATE = 16_000
"""Hz; what the model was trained on."""
FRAME = 512
"""Samples a decision, 32 ms."""
_CONTEXT = 64
_BLOCK = 2048
"""Frames a call, about a minute: memory stays flat on an hour of sound."""
_MODEL = "silero_vad_16k_sequence.onnx"

SPEECH, SILENCE = 0.6, 0.4
"""Speech starts at the first probability and lasts until the second."""
MIN_SPEECH = 0.3
"""Seconds; shorter bursts are more often a bird than a word."""
MERGE_GAP = 0.5
"""Seconds; a pause between words belongs to the speech."""
MARGIN = 0.15
"""Seconds cut off on both sides: a word's edges are quieter than its middle."""


def speech_spans(wave: np.ndarray, rate: int) -> list[tuple[float, float]]:
    """Return (start, end) in seconds of each stretch of human speech, in order, apart."""
    voiced = speech_probability(resample(wave, rate, RATE))
    seconds = FRAME / RATE
    merged: list[list[float]] = []
    for first, last in _runs(voiced):
        start, end = first * seconds, last * seconds
        if merged and start - merged[-1][1] < MERGE_GAP:
            merged[-1][1] = end
        else:
            merged.append([start, end])
    length = len(wave) / rate
    return [
        (max(0.0, start - MARGIN), min(length, end + MARGIN))
        for start, end in merged
        if end - start >= MIN_SPEECH
    ]


def speech_probability(wave: np.ndarray) -> np.ndarray:
    """Return the probability of speech for each 32 ms of a 16 kHz wave."""
    if not len(wave):
        return np.zeros(0, dtype=np.float32)
    count = -(-len(wave) // FRAME)
    padded = np.pad(wave.astype(np.float32), (_CONTEXT, count * FRAME - len(wave)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT + FRAME)[::FRAME]
    hidden = cell = np.zeros((1, 1, 128), dtype=np.float32)
    found = []
    for first in range(0, count, _BLOCK):
        block = np.ascontiguousarray(frames[first : first + _BLOCK])
        inputs = {"input": block, "h": hidden, "c": cell}
        speech, hidden, cell = _model().run(["speech_probs", "hn", "cn"], inputs)
        found.append(speech.reshape(-1))
    return np.concatenate(found)


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


@functools.cache
def _model():
    """Load the model once a process.

    Raises:
        ModuleNotFoundError: silero-vad is not installed.
    """
    import onnxruntime

    package = importlib.util.find_spec("silero_vad")  # finding it does not import torch
    if package is None:
        raise ModuleNotFoundError("silero-vad is missing: pip install -r requirements.txt")
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    path = Path(package.submodule_search_locations[0]) / "data" / _MODEL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
