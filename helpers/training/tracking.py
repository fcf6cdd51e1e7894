"""Tracks a run in wandb: settings, curves, confusion matrix; it knows wandb and nothing else.

`offline` writes files that `wandb sync` can upload later, needs no key and opens no connection;
`online` needs a key: `read_key` of `Tracker` reads it, or it is in WANDB_API_KEY on one's own
machine. Everybody who may describe a job sees its variables and hyperparameters, so it is in none
of them. wandb is imported only when it is used. If it fails, the run continues without a record.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from helpers import telemetry
from helpers.training.attempts import Attempts

if TYPE_CHECKING:
    import wandb

MODES = ("off", "offline", "online")
PROJECT = "birds-and-bins"


class Tracker:
    """One run's record in wandb; `off` makes none.

    Args:
        folder: folder of wandb's files.
        settings: the run's flags.
        attempts: gets the reason if wandb fails; the record ends there.
        read_key: reads the key from the secret that the settings name; called for `online` only.
    """

    def __init__(
        self,
        mode: str,
        folder: Path,
        settings: Mapping[str, object],
        attempts: Attempts | None = None,
        read_key: Callable[[str | None], str | None] = lambda _: None,
    ):
        if mode not in MODES:
            raise ValueError(f"--wandb is {mode!r}, not {', '.join(MODES)}")
        self.run, self.attempts = None, attempts or Attempts()
        if mode != "off":
            with self.attempts("wandb"):
                key = read_key(settings.get("wandb_secret")) if mode == "online" else None
                self.run = start(mode, folder, settings, key)

    @contextmanager
    def _trying(self) -> Iterator[None]:
        """Run the body; if it fails, stop recording."""
        run, self.run = self.run, None
        with self.attempts("wandb"):
            yield
            self.run = run

    def log(self, row: Mapping[str, float]) -> None:
        """Add a point to each curve."""
        if (run := self.run) is not None:
            with self._trying():
                run.log(dict(row), step=int(row["epoch"]))

    def finish(
        self, metrics: Mapping[str, object], confusion: np.ndarray, labels: Sequence[str]
    ) -> None:
        """Record the test's metrics and confusion matrix, and close the record."""
        if (run := self.run) is not None:
            with self._trying():
                record_test(run, metrics, confusion, labels)
        self.close()

    def close(self) -> None:
        """Close the record."""
        if (run := self.run) is not None:
            with self.attempts("wandb"):
                run.finish()
            self.run = None


def start(
    mode: str, folder: Path, settings: Mapping[str, object], key: str | None = None
) -> "wandb.Run":
    """Start a record; the key goes into no file and no variable."""
    telemetry.switch_off()
    import wandb

    folder.mkdir(parents=True, exist_ok=True)
    return wandb.init(
        project=PROJECT,
        mode=mode,
        dir=str(folder),
        config={name: plain(value) for name, value in settings.items()},
        settings=wandb.Settings(
            api_key=key,
            console="off",
            silent=True,
            disable_git=True,
            x_disable_stats=True,
            x_disable_machine_info=True,
        ),
    )


def record_test(
    run: "wandb.Run", metrics: Mapping[str, object], confusion: np.ndarray, labels: Sequence[str]
) -> None:
    """Add the test's metrics and confusion matrix to a record."""
    import wandb

    numbers = {k: v for k, v in metrics.items() if isinstance(v, int | float)}
    run.summary.update({f"test_{name}": value for name, value in numbers.items()})
    rows = [
        [labels[truth], labels[answer], int(count)]
        for (truth, answer), count in np.ndenumerate(confusion)
    ]
    table = wandb.Table(columns=["truth", "predicted", "samples"], data=rows)
    run.log({"confusion": table})


def plain(value: object) -> object:
    """Return a setting as a value that JSON can store."""
    return value if isinstance(value, int | float | str | bool | None) else str(value)
