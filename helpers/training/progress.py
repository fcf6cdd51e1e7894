"""The progress and the speed of a training run; trains nothing and writes no files."""

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from torch import Tensor

from helpers.training.profiling import phase


@dataclass
class Progress:
    """The progress of a run: with the weights, the whole state that a resumed run needs."""

    epoch: int = 0
    step: int = 0
    """Finished batches of the epoch."""
    loader: dict[str, int] = field(default_factory=dict)
    """The training loader's state at `step`."""
    loss_sum: float = 0.0
    samples: int = 0
    history: list[dict] = field(default_factory=list)
    initial: dict = field(default_factory=dict)
    """The scores of a trained model from which the run started; empty for a new one."""
    best: float = -math.inf
    """The monitored value, signed so that more is better."""
    best_epoch: int = 0
    stale: int = 0
    """Epochs since the best one."""
    best_weights: dict[str, Tensor] = field(default_factory=dict)

    def best_row(self) -> dict:
        """Return the best epoch and its metrics, 0 for the model from which the run started.

        Without a best one, 0 and the last one's.
        """
        rows = [self.initial or self.history[-1], *self.history]
        return {"best_epoch": self.best_epoch, "validation": rows[self.best_epoch]}

    def __str__(self) -> str:
        """Describe the position in the run."""
        return f"epoch {self.epoch + 1}, step {self.step}, best epoch so far {self.best_epoch}"


class WaitClock:
    """Yields batches, and measures how long the training waits for them."""

    def __init__(self, batches: Iterable):
        self.batches, self.waited, self.begin = batches, 0.0, time.perf_counter()

    def __iter__(self) -> Iterator:
        """Yield the batches."""
        batches = iter(self.batches)
        while True:
            since = time.perf_counter()
            with phase("data"):
                batch = next(batches, None)
            self.waited += time.perf_counter() - since
            if batch is None:
                return
            yield batch

    def numbers(self, samples: int) -> dict[str, float]:
        """Return the epoch's seconds, samples a second (all ranks), share of time spent waiting."""
        seconds = time.perf_counter() - self.begin
        return {
            "seconds": seconds,
            "samples_per_second": samples / seconds,
            "data_wait": self.waited / seconds,
        }
