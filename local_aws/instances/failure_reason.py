"""Finds the reason of a job's failure in its failure file or its last lines; pure text."""

import re
from collections.abc import Iterable
from itertools import chain, takewhile

ERROR_LINE = re.compile(r"^([\w.]*(?:Error|Exception|Interrupt|Exit|Unreadable)\b:? ?.*)$")
TRACEBACK = re.compile(
    r"^\s*(?:\+ Exception Group )?Traceback \(most recent call last\):$|"
    r'^  File "[^"]+", line \d+$'
)
"""A traceback begins so; that of a SyntaxError in the script itself with the file."""
MARGIN = re.compile(r"^\s*\[\w+\]:\s?|^\s*\| ?")
"""Before a line: the rank by torchrun, the bar of a group of exceptions."""
NOISE = re.compile(r"^(?:[IWEF]\d{4} [\d:.]+ |\+\+\+ |[-+\s]*-{4,}[-\s\d.]*$)")
"""Lines of torchrun's own log, of a shell that echoes, and between the exceptions of a group."""
KILLED = re.compile(r"Signal \d+ \(SIG(?:KILL|SEGV|ABRT|BUS|ILL|FPE)\) received by PID \d+")
LAUNCHERS = ("CalledProcessError", "ChildFailedError", "ProcessExitedException", "SignalException")
MAX_REASON = 1024
MOST_LINES = 20
"""A script that prints more after an exception has gone on: then its last line counts too."""


def last_error(lines: list[str]) -> str | None:
    """Return the last exception of the script, not of its launcher, and the lines that follow it.

    They belong to its message, or say why the script ended after it had handled the exception.
    """
    lines = [MARGIN.sub("", MARGIN.sub("", line)).rstrip() for line in lines]
    start = _below_traceback(lines)
    if start is None:
        named = (i for i in reversed(range(len(lines))) if _is_error(lines[i].strip()))
        start = next(named, None)
    if start is None:
        return None
    after = takewhile(
        lambda line: not TRACEBACK.match(line) and not _is_launchers(line), lines[start:]
    )
    text = [line for line in after if line and not NOISE.match(line)]
    text[0] = text[0].strip()
    return "\n".join(text if len(text) <= MOST_LINES else [text[0], "…", text[-1]])


def _below_traceback(lines: list[str]) -> int | None:
    """Return the number of the line with the exception of the last traceback that counts."""
    for header in reversed(range(len(lines))):
        if TRACEBACK.match(lines[header]):
            stack_ends = (
                i
                for i in range(header + 1, len(lines))
                if lines[i] and not lines[i][0].isspace() and not NOISE.match(lines[i])
            )
            at = next(stack_ends, None)
            if at is not None and not _is_launchers(lines[at]):
                return at
    return None


def _is_launchers(line: str) -> bool:
    return bool(ERROR_LINE.match(line.strip())) and any(name in line for name in LAUNCHERS)


def _is_error(line: str) -> bool:
    return bool(ERROR_LINE.match(line)) and not _is_launchers(line)


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
