"""What a run tells wandb: settings, curves, confusion matrix; it knows wandb and nothing else.

`offline` writes files that `wandb sync` can send later, needs no key and opens no connection;
`online` needs WANDB_API_KEY. wandb is imported only where it is used.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from helpers import telemetry

MODES = ("off", "offline", "online")
PROJECT = "birds-and-bins"


class Tracker:
    """One run's record with wandb; with `off`, nothing at all.

    Args:
        folder: where wandb's files go.
        settings: what the run was started with.
    """

    def __init__(self, mode: str, folder: Path, settings: Mapping[str, object]):
        if mode not in MODES:
            raise ValueError(f"--wandb is {mode!r}, not {', '.join(MODES)}")
        self.run = None
        if mode == "off":
            return
        telemetry.switch_off()
        import wandb

        folder.mkdir(parents=True, exist_ok=True)
        self.run = wandb.init(
            project=PROJECT,
            mode=mode,
            dir=str(folder),
            config={name: plain(value) for name, value in settings.items()},
            settings=wandb.Settings(
                console="off",
                silent=True,
                disable_git=True,
                x_disable_stats=True,
                x_disable_machine_info=True,
            ),
        )

    def log(self, row: Mapping[str, float]) -> None:
        """Add a point to each curve."""
        if self.run is not None:
            self.run.log(dict(row), step=int(row["epoch"]))

    def finish(
        self, metrics: Mapping[str, object], confusion: np.ndarray, labels: Sequence[str]
    ) -> None:
        """Record the test's metrics and confusion matrix, and close the record."""
        if self.run is None:
            return
        import wandb

        numbers = {k: v for k, v in metrics.items() if isinstance(v, int | float)}
        self.run.summary.update({f"test_{name}": value for name, value in numbers.items()})
        rows = [
            [labels[truth], labels[said], int(count)]
            for (truth, said), count in np.ndenumerate(confusion)
        ]
        table = wandb.Table(columns=["truth", "predicted", "samples"], data=rows)
        self.run.log({"confusion": table})
        self.close()

    def close(self) -> None:
        """Close the record, as it is."""
        if self.run is not None:
            self.run.finish()
            self.run = None


def plain(value: object) -> object:
    """Return a setting as JSON can hold it."""
    return value if isinstance(value, int | float | str | bool | None) else str(value)
