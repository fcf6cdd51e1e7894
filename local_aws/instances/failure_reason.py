"""Finds the reason of a job's failure in its failure file or its last lines; pure text."""

import re
from collections.abc import Iterable
from itertools import chain

ERROR_LINE = re.compile(
    r"^(?:\[\w+\]:)?\s*([\w.]*(?:Error|Exception|Interrupt|Exit|Unreadable)\b:? ?.*)$"
)
KILLED = re.compile(r"Signal \d+ \(SIG(?:KILL|SEGV|ABRT|BUS|ILL|FPE)\) received by PID \d+")
LAUNCHERS = ("CalledProcessError", "ChildFailedError", "ProcessExitedException", "SignalException")
MAX_REASON = 1024


def last_error(lines: list[str]) -> str | None:
    """Return the last line that names an exception of the script, not of its launcher."""
    for line in reversed(lines):
        match = ERROR_LINE.match(line.strip())
        if match and not any(launcher in match[1] for launcher in LAUNCHERS):
            return match[1].strip()
    return None


def killed_rank(lines: list[str]) -> str | None:
    """Return torchrun's message about a process that a signal ended, or None."""
    for line in lines:
        if match := KILLED.search(line):
            return f"a training process was ended: {match[0]}"
    return None


def failure_reason(
    failure_file: str | None, lines: list[str], code: int, others: Iterable[list[str]] = ()
) -> str:
    """Word a job's FailureReason as SageMaker does.

    Args:
        failure_file: the content of /opt/ml/output/failure (or message), or None.
        lines: the last lines of the job's output.
        code: the exit code; above 128 for a signal, below 0 for a signal to the whole instance.
        others: the last lines of the other instances: a process that was killed there makes all
            instances fail.
    """
    code = code if code >= 0 else 128 - code
    written = (failure_file or "").strip()
    if any(launcher in written for launcher in LAUNCHERS) or "For more details" in written:
        written = ""
    last_line = next((line for line in reversed(lines) if line.strip()), "")
    killed = f"the process was ended by signal {code - 128}" if code > 128 else ""
    others = list(others)
    ended = written or killed or killed_rank([*lines, *chain(*others)])
    raised = last_error(lines) or next(filter(None, map(last_error, others)), None)
    reason = ended or raised or last_line or "the process printed nothing"
    return f"AlgorithmError: {reason[: MAX_REASON - 60]}, exit code: {code}"
