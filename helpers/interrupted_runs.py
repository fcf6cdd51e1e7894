"""Runs a spot training job through an interruption; knows nothing of what it trains."""

from collections.abc import Callable

from helpers.config import Config
from helpers.jobs import ENDED, Job, describe, ended, finished, log_lines, read_metrics, wait
from helpers.rehearsal import interrupt
from helpers.waiting import until

KIND = "TrainingJob"


def run_interrupted(config: Config, start: Callable[[], str], *, after: int) -> list[Job]:
    """Run a spot training job, interrupt it after an epoch, and wait until the run has ended.

    The local AWS gives the same job new instances. On AWS nobody can order an interruption: there
    the job is stopped, and a second one with the same checkpoints continues the run.

    Args:
        start: starts a job with checkpoints and returns its name.
        after: the last epoch before the interruption.

    Raises:
        RuntimeError: the job ended before.
        JobFailed: it, or the one that continues it, failed.
    """
    names = [start()]
    until(
        lambda: _progress(config, names[0]),
        lambda now: now["epoch"] >= after or now["status"] in ENDED,
        name=names[0],
        words=lambda now: f"{now['status']}, epoch {now['epoch']:.0f}",
        pause=config.poll_seconds,
    )
    print(interrupt(config, names[0]))
    if ended(config, KIND, names[0])[f"{KIND}Status"] == "Stopped":
        names.append(start())
    wait(config, KIND, names[-1])
    return [finished(config, KIND, name) for name in names]


def _progress(config: Config, name: str) -> dict[str, object]:
    """Return a job's status and the last epoch that its log shows."""
    status = describe(config, KIND, name)[f"{KIND}Status"]
    rows = read_metrics(text for _, _, text in log_lines(config, KIND, name))
    return {"status": status, "epoch": rows["epoch"].max() if "epoch" in rows else 0}
