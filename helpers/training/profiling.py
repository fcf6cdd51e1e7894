"""Measures the time of a training step's phases with torch's profiler; knows no model, no data.

The phases follow one another in the training thread, so their shares add up to the step. Gradients
are summed over the ranks during the backward pass, and that time is part of its phase. On CUDA,
each phase ends with a synchronization: otherwise only the kernel launches would be measured.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, record_function

from helpers.training.attempts import Attempts

PHASES = ("data", "copy", "forward", "backward", "update")
SKIPPED = 3
"""Steps before the profile: the first ones allocate memory and choose algorithms."""
TRACE, TABLE = "trace.json", "profile.json"
_PREFIX, _STEP = "phase: ", "step"
_watching = False


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Mark a phase of the step for a running profile."""
    if not _watching:
        yield
        return
    with record_function(_PREFIX + name):
        yield
        if torch.cuda.is_available():
            torch.cuda.synchronize()


class StepProfile:
    """Profiles up to `count` steps of one epoch, after a few steps; none by default.

    Args:
        folder: gets trace.json (for chrome://tracing or Perfetto) and profile.json.
        attempts: gets the reason if the profiler fails; training continues.
    """

    def __init__(
        self, count: int = 0, folder: Path | None = None, attempts: Attempts | None = None
    ):
        self.count, self.folder, self.attempts = count, folder, attempts or Attempts()
        self.shares: dict[str, float] = {}
        self._seen = 0

    def steps(self, batches: Iterable) -> Iterator:
        """Yield an epoch's batches, and profile some of their steps once."""
        batches = iter(batches)
        wanted = self.count and not self.shares
        while wanted and self._seen < SKIPPED:  # a small epoch may have fewer
            if (batch := next(batches, None)) is None:
                return
            self._seen += 1
            yield batch
        if wanted:
            yield from self._watch(batches)
        yield from batches

    def _watch(self, batches: Iterator) -> Iterator:
        """Yield up to `count` batches under the profiler, then report the shares."""
        global _watching
        count, self.count, taken = self.count, 0, 0  # a failed profile is not tried again
        profiler = None
        with self.attempts("profile"):
            profiler = start_profiler()
        if profiler is None:
            return
        _watching = True
        try:
            for _ in range(count):
                with record_function(_STEP):
                    if (batch := next(batches, None)) is None:
                        break
                    taken += 1
                    yield batch
        finally:
            _watching = False
            with self.attempts("profile"):
                profiler.stop()
        if not taken:
            self.count = count
        elif "profile" not in self.attempts.warnings:
            with self.attempts("profile"):
                self._tell(profiler)

    def _tell(self, profiler: torch.profiler.profile) -> None:
        """Print the table and write it beside the trace."""
        spans = [(e.name, e.time_range.start, e.time_range.end) for e in profiler.events()]
        seconds, self.shares = step_shares(spans)
        print(table(seconds, self.shares), flush=True)
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            profiler.export_chrome_trace(str(self.folder / TRACE))
            written = {"seconds_per_step": seconds, "shares": self.shares}
            (self.folder / TABLE).write_text(json.dumps(written, indent=1))


def start_profiler() -> torch.profiler.profile:
    """Start torch's profiler and return it."""
    activities = [ProfilerActivity.CPU]
    activities += [ProfilerActivity.CUDA] if torch.cuda.is_available() else []
    profiler = torch.profiler.profile(activities=activities)
    profiler.start()
    return profiler


def step_shares(spans: Sequence[tuple[str, float, float]]) -> tuple[float, dict[str, float]]:
    """Return the seconds of a step, and the share of each phase.

    Args:
        spans: the profiler's (name, begin, end), in microseconds.
    """
    total = covered([(begin, end) for name, begin, end in spans if name == _STEP])
    steps = sum(name == _PREFIX + "forward" for name, _, _ in spans)
    shares = {
        name: covered([(b, e) for kind, b, e in spans if kind == _PREFIX + name]) / total
        for name in PHASES
    }
    shares["other"] = max(0.0, 1 - sum(shares.values()))
    reductions = [(b, e) for name, b, e in spans if is_reduction(name)]
    shares["all-reduce"] = covered(reductions) / total
    return total / 1e6 / max(steps, 1), shares


def is_reduction(name: str) -> bool:
    """Return whether a span is an all-reduce: an event with Gloo, a kernel with NCCL."""
    return name == "gloo:all_reduce" or "allreduce" in name.lower().replace("_", "")


def covered(spans: Sequence[tuple[float, float]]) -> float:
    """Return the length of the union of (begin, end) spans; overlaps count once."""
    total, reached = 0.0, float("-inf")
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def table(seconds: float, shares: dict[str, float]) -> str:
    """Return the shares as lines for a log."""
    lines = [f"A step takes {seconds * 1000:.1f} ms:"]
    notes = {"all-reduce": " (beside the backward pass)"}
    lines += [f"  {name:<10} {s:6.1%}{notes.get(name, '')}" for name, s in shares.items()]
    return "\n".join(lines)
