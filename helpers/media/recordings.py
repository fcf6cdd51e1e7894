"""Cleans a field recording and cuts it into windows; knows waves, no species and no shards.

The sharding job and the endpoint call the same two functions, `clean` and `windows`, so training
and serving prepare sound alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helpers.media.audio import SAMPLE_RATE, WINDOW, WINDOW_SECONDS, read_long
from helpers.media.long_wave import LongWave, Wave
from helpers.media.speech import speech_spans
from helpers.samples import Unreadable

MIN_SECONDS = 0.2
"""A shorter recording holds no call."""
SILENCE_LEVEL = 1e-3
"""A 32 ms frame with a lower peak, -60 dB of full scale, is silence."""
CLIP_LEVEL = 0.985
"""Level from which a sample counts as clipped; lossy codecs lower full scale a little."""
ACTIVE_DB = 10.0
"""A frame is active if a band is this far above its own floor."""
MIN_ACTIVE = 0.03
"""Share of active frames, 5 of 157, for a window to be kept."""
LEAD_SECONDS = 0.25
"""A window starts so long before its first sound."""
MIN_TAIL_SECONDS = 2.0
"""The last window is moved back to full length; a shorter tail is dropped instead."""
STEADY_DB = 12.0
"""A band that is always louder than its neighbors by this is a bird that never pauses."""

_FRAME = 1024
_BLOCK = 64
"""Frames transformed at once: their arrays fit into a core's cache, and a freed one is used again;
those of a whole recording are given back to the system after each step, which takes longer."""
_BANDS = 24
_BAND_HZ = (250.0, 15_000.0)
_FADE = 320
"""Samples, 10 ms: where speech was cut out, both ends are faded."""


@dataclass(frozen=True)
class Cleaned:
    """A recording without human speech."""

    wave: Wave
    """float32 mono at 32 kHz."""
    kept: tuple[tuple[float, float], ...]
    """(start, end) of the parts joined in `wave`, in seconds of the raw recording."""
    measures: dict
    """`seconds` of the raw recording and its shares of `speech`, `silence` and `clipping`."""

    def raw_seconds(self, sample: int) -> float:
        """Return the position of a sample of `wave` in the raw recording, in seconds."""
        left = sample / SAMPLE_RATE
        for start, end in self.kept:
            if left < end - start:
                return start + left
            left -= end - start
        return self.kept[-1][1]


@dataclass(frozen=True)
class Window:
    """Up to 5 s of a cleaned recording."""

    cleaned: Cleaned
    at: int
    """Its first sample in the cleaned wave."""
    start: float
    end: float
    """Seconds into the raw recording, as `start`; speech may have been cut out between them."""
    snr: float
    """dB between the window's loud frames and the recording's noise floor, in their band."""
    active: float
    """Share of active frames."""

    @property
    def wave(self) -> np.ndarray:
        """Return its samples, which are not kept: a long recording's would fill the memory."""
        return self.cleaned.wave[self.at : self.at + WINDOW]


def clean(data: bytes, most_seconds: float | None = None) -> Cleaned:
    """Decode a recording, resample it to 32 kHz, measure it, and cut out human speech.

    Args:
        most_seconds: refuse longer ones, before they are decoded; None for what `read_long` reads.

    Raises:
        Unreadable: not readable audio, too long, silent, too short, or all speech.
    """
    wave, seconds = read_long(data, most_seconds)
    if seconds < MIN_SECONDS:
        raise Unreadable(f"too short: {seconds:.2f} s of sound")
    silence, clipping = silence_share(wave), clipping_share(wave)
    if silence == 1.0:
        raise Unreadable("silent from start to end")
    spans = speech_spans(wave, SAMPLE_RATE)
    kept = _kept(spans, len(wave) / SAMPLE_RATE)
    speech = 1 - sum(end - start for start, end in kept) / (len(wave) / SAMPLE_RATE)
    if sum(end - start for start, end in kept) < MIN_SECONDS:
        raise Unreadable(f"human speech in all of its {seconds:.1f} s")
    measures = {
        "seconds": round(seconds, 3),
        "speech": round(speech, 4),
        "silence": round(silence, 4),
        "clipping": round(clipping, 6),
    }
    return Cleaned(_join(wave, kept), tuple(kept), measures)


def windows(cleaned: Cleaned) -> list[Window]:
    """Cut 5 s windows around sounds, at least one.

    The hop follows the energy: a window starts just before the next sound after the previous
    window. Only a window that would pass the recording's end overlaps its predecessor.
    """
    wave = cleaned.wave
    level = frame_snr(wave)
    if len(wave) <= WINDOW:
        return [_window(cleaned, level, 0)]
    last = len(wave) - WINDOW
    active = np.flatnonzero(level >= ACTIVE_DB) * _FRAME
    windows, at = [], 0
    tail = int(MIN_TAIL_SECONDS * SAMPLE_RATE)
    while len(ahead := active[active >= at]) and at + tail <= len(wave):
        start = min(max(at, int(ahead[0]) - int(LEAD_SECONDS * SAMPLE_RATE)), last)
        windows.append(_window(cleaned, level, start))
        at = start + WINDOW
    kept = [window for window in windows if window.active >= MIN_ACTIVE]
    return kept or [_best(cleaned, level)]


def silence_share(wave: Wave) -> float:
    """Return the share of silent 32 ms frames."""
    peaks = np.concatenate([np.abs(frames).max(axis=1) for frames in _frames(wave)])
    return float((peaks < SILENCE_LEVEL).mean())


def clipping_share(wave: Wave) -> float:
    """Return the share of samples at full scale."""
    return sum(int((np.abs(frames) >= CLIP_LEVEL).sum()) for frames in _frames(wave)) / len(wave)


def frame_snr(wave: Wave) -> np.ndarray:
    """Return for each 32 ms frame the largest dB of a band above that band's noise floor."""
    bands = _smooth(np.concatenate([_bands(frames) for frames in _frames(wave)])) + 1e-7
    floor = np.quantile(bands, 0.2, axis=0)
    around = np.array([np.median(floor[max(0, i - 4) : i + 5]) for i in range(len(floor))])
    floor = np.minimum(floor, around * 10 ** (STEADY_DB / 10))
    return 10 * np.log10((bands / floor).max(axis=1))


def _bands(frames: np.ndarray) -> np.ndarray:
    """Return the mean power of each frame's bands."""
    spectrum = np.fft.rfft(frames * np.hanning(_FRAME), axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    edges = np.geomspace(*_BAND_HZ, _BANDS + 1) * _FRAME / SAMPLE_RATE
    starts = np.unique(edges.astype(int))
    return np.add.reduceat(power, starts, axis=1)[:, :-1] / np.diff(starts)


def _frames(wave: Wave) -> Iterator[np.ndarray]:
    """Yield blocks of the wave as rows of 1024 samples, the last one padded with zeros."""
    size = _BLOCK * _FRAME
    for at in range(0, len(wave), size):
        block = wave[at : at + size]
        yield np.pad(block, (0, -len(block) % _FRAME)).reshape(-1, _FRAME)


def _smooth(bands: np.ndarray) -> np.ndarray:
    """Average each frame with its neighbors: single frames of noise vary by 10 dB."""
    padded = np.pad(bands, ((1, 1), (0, 0)), mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


def _window(cleaned: Cleaned, level: np.ndarray, start: int) -> Window:
    count = min(WINDOW, len(cleaned.wave) - start)
    inside = level[start // _FRAME : (start + WINDOW) // _FRAME + 1]
    return Window(
        cleaned=cleaned,
        at=start,
        start=round(cleaned.raw_seconds(start), 3),
        end=round(cleaned.raw_seconds(start + count - 1) + 1 / SAMPLE_RATE, 3),
        snr=round(float(np.quantile(inside, 0.9)), 1),
        active=round(float((inside >= ACTIVE_DB).mean()), 3),
    )


def _best(cleaned: Cleaned, level: np.ndarray) -> Window:
    """Return the window with the highest level above the floor, for a faint recording."""
    width = int(WINDOW_SECONDS * SAMPLE_RATE / _FRAME)
    sums = np.convolve(level, np.ones(width), mode="valid")
    return _window(cleaned, level, min(int(sums.argmax()) * _FRAME, len(cleaned.wave) - WINDOW))


def _kept(spans: list[tuple[float, float]], seconds: float) -> list[tuple[float, float]]:
    """Return the gaps between the spans, without very short ones."""
    edges = [0.0, *(edge for span in spans for edge in span), seconds]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(start, end) for start, end in pairs if end - start >= MIN_SECONDS]


def _join(wave: Wave, kept: list[tuple[float, float]]) -> Wave:
    """Join the kept parts, each cut edge faded over 10 ms."""
    if len(kept) == 1 and kept[0][1] - kept[0][0] >= len(wave) / SAMPLE_RATE:
        return wave
    ramp = np.linspace(0, 1, _FADE, dtype=np.float32)
    joined = LongWave()
    for start, end in kept:
        first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
        joined.append(wave[first : first + _FADE] * ramp)
        for at in range(first + _FADE, last - _FADE, _BLOCK * _FRAME):
            joined.append(wave[at : min(at + _BLOCK * _FRAME, last - _FADE)])
        joined.append(wave[last - _FADE : last] * ramp[::-1])
    return joined
