"""Finds why a job failed, in its failure file or in what it printed last; pure text."""

import re

ERROR_LINE = re.compile(
    r"^(?:\[\w+\]:)?\s*([\w.]*(?:Error|Exception|Interrupt|Exit|Unreadable)\b:? ?.*)$"
)
LAUNCHERS = ("CalledProcessError", "ChildFailedError", "ProcessExitedException", "SignalException")
MAX_REASON = 1024


def last_error(lines: list[str]) -> str | None:
    """Return the last line that names an exception of the script, not of its launcher."""
    for line in reversed(lines):
        found = ERROR_LINE.match(line.strip())
        if found and not any(launcher in found[1] for launcher in LAUNCHERS):
            return found[1].strip()
    return None


def failure_reason(failure_file: str | None, lines: list[str], code: int) -> str:
    """Word a job's FailureReason as SageMaker does.

    Args:
        failure_file: what the job wrote to /opt/ml/output/failure (or message), if anything.
        lines: the last lines that it printed.
        code: its exit code; above 128 for a signal, below 0 for one that took the whole instance.
    """
    code = code if code >= 0 else 128 - code
    written = (failure_file or "").strip()
    if any(launcher in written for launcher in LAUNCHERS) or "For more details" in written:
        written = ""
    said = next((line for line in reversed(lines) if line.strip()), "")
    killed = f"the process was ended by signal {code - 128}" if code > 128 else ""
    reason = written or killed or last_error(lines) or said or "the process said nothing"
    return f"AlgorithmError: {reason[: MAX_REASON - 60]}, exit code: {code}"
