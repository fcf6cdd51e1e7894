"""Saves and loads a run's state, so that a stopped run resumes; knows nothing of its contents."""

import os
import signal
import time
from pathlib import Path

import torch

from helpers.training.attempts import Attempts

KEPT = 2
"""Number of kept checkpoints: an interruption may truncate the newest while it goes to S3."""


class Checkpoints:
    """Numbered state files in a folder such as /opt/ml/checkpoints; no folder, no checkpoints.

    Args:
        attempts: gets the reason if a checkpoint can't be written; the run continues.
    """

    def __init__(self, folder: Path, every_s: float = 60, attempts: Attempts | None = None):
        self.folder, self.every_s, self.attempts = folder, every_s, attempts or Attempts()
        self.saved_at = time.monotonic()

    @property
    def enabled(self) -> bool:
        """Return whether SageMaker (or the user) provided the folder."""
        return self.folder.is_dir()

    def due(self) -> bool:
        """Return whether a periodic checkpoint is due."""
        return self.enabled and time.monotonic() - self.saved_at >= self.every_s

    def save(self, state: dict, number: int) -> None:
        """Write the state to a complete file or not at all, and delete old checkpoints."""
        if not self.enabled:
            return
        temporary = self.folder / f".{number:09d}.tmp"
        with self.attempts("checkpoint"):
            try:
                with temporary.open("wb") as file:
                    torch.save(state, file)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self.folder / f"checkpoint-{number:09d}.pt")
            finally:
                temporary.unlink(missing_ok=True)
            for old in self._files()[KEPT:]:
                old.unlink()
        self.saved_at = time.monotonic()

    def load(self) -> dict | None:
        """Return the newest readable state, on the CPU, or None for a fresh start."""
        for path in self._files():
            try:
                return torch.load(path, map_location="cpu", weights_only=True)
            except (RuntimeError, EOFError, ValueError, OSError) as error:
                print(f"Passed over the unreadable checkpoint {path.name}: {error}", flush=True)
        return None

    def _files(self) -> list[Path]:
        """Return the checkpoints, newest first."""
        return sorted(self.folder.glob("checkpoint-*.pt"), reverse=True)


class StopRequest:
    """Whether the run was asked to stop, by SIGTERM (SageMaker kills it 120 s later)."""

    def __init__(self):
        self.made = False
        signal.signal(signal.SIGTERM, self._make)

    def _make(self, *_: object) -> None:
        self.made = True
