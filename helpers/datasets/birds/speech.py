"""Synthesizes a recordist's speech; knows vowels and pitch, no birds.

A singer of formants: pulses at the pitch of a voice, shaped by the resonances of vowels that
follow each other four to six times a second, with hissed consonants between.
"""

import numpy as np

from helpers.media.audio import SAMPLE_RATE

VOWELS = np.array([
    [730, 1090, 2440], [270, 2290, 3010], [300, 870, 2240], [530, 1840, 2480],
    [570, 840, 2410], [660, 1720, 2410], [490, 1350, 1690],
])  # fmt: skip
"""Hz of the first three formants of English vowels: Peterson and Barney, 1952."""
_WIDTHS = np.array([80.0, 100.0, 140.0])
_STRENGTHS = np.array([1.0, 0.5, 0.25])


def speak(seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Return `seconds` of speech-like sound, float32 with peak 1."""
    count = int(seconds * SAMPLE_RATE)
    pitch = rng.choice([115.0, 135.0, 190.0, 215.0])
    formants, loudness, hiss = _syllables(seconds, rng)
    wave = _voiced(count, pitch, formants, rng) * _spread(loudness, count)
    wave = wave + _hissed(count, rng) * _spread(hiss, count)
    return (wave / np.abs(wave).max()).astype(np.float32)


def _syllables(seconds: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return per 10 ms the three formants, the loudness of the voice and of the hiss."""
    formants, loudness, hiss = [], [], []
    while len(loudness) < seconds * 100:
        start, end = VOWELS[rng.integers(len(VOWELS), size=2)]
        onset, vowel = int(rng.integers(4, 8)), int(rng.integers(10, 18))
        glide = np.linspace(0, 1, onset + vowel)[:, None]
        formants.extend(start * (1 - glide) + end * glide)
        level = rng.uniform(0.6, 1.0)
        loudness += [0.1] * onset + list(level * np.hanning(vowel + 4)[2:-2] ** 0.4)
        hiss += [rng.uniform(0, 0.25)] * onset + [0.0] * vowel
        if rng.random() < 0.12:
            pause = int(rng.integers(8, 20))
            formants.extend([end] * pause)
            loudness += [0.0] * pause
            hiss += [0.0] * pause
    return np.array(formants), np.array(loudness), np.array(hiss)


def _voiced(count: int, pitch: float, formants: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return harmonics of a falling, wavering pitch, with levels by the formants."""
    steps = len(formants)
    melody = np.cumsum(rng.normal(0, 0.012, steps))
    melody = pitch * np.exp(melody - np.linspace(0, melody[-1] + 0.15, steps))
    phase = 2 * np.pi * np.cumsum(_spread(melody, count)) / SAMPLE_RATE
    wave = np.zeros(count)
    for index in range(1, int(4200 / pitch)):
        distance = (index * melody[:, None] - formants) / _WIDTHS
        level = (_STRENGTHS / (1 + distance**2)).sum(axis=1) / index**0.3
        wave += _spread(level, count) * np.sin(index * phase)
    return wave


def _hissed(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the noise of an s or a t: white noise without low frequencies."""
    return np.diff(rng.standard_normal(count + 1))


def _spread(values: np.ndarray, count: int) -> np.ndarray:
    """Stretch values per 10 ms to values per sample."""
    return np.interp(np.arange(count) / (SAMPLE_RATE / 100), np.arange(len(values)), values)
