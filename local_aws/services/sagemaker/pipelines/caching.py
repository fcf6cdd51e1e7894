"""Cache hits of steps: which earlier run of a step did the same work; runs nothing.

https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html
AWS compares the steps of one name in the executions of one pipeline, by the arguments that decide
the result: those in a kind's `compared`, without those that change nothing of it.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

_AGE = re.compile(
    r"p?(?:(?P<weeks>\d+)w)?(?:(?P<days>\d+)d)?"
    r"(?:t(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?)?",
    re.IGNORECASE,
)


def age(words: str) -> timedelta | None:
    """Return an ISO 8601 duration such as P30D, P4DT12H or T12H; None for other words."""
    match = _AGE.fullmatch(words)
    words_of = match.groupdict().items() if match else ()
    given = {name: int(number) for name, number in words_of if number}
    return timedelta(**given) if given else None


def key(step_type: str, compared: Iterable[str], request: dict) -> str:
    """Return what the runs of a step have in common that did the same work.

    Args:
        compared: names of the arguments that decide the result; all of them where it is empty.
    """
    chosen = {name: request[name] for name in compared or request if name in request}
    text = json.dumps([step_type, chosen], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def hit(runs: Iterable[dict], wanted: str, expiry: str | None, now: datetime) -> dict | None:
    """Return the newest run of a step with a key that is not too old.

    Args:
        runs: the records of a step of one name in all executions of a pipeline.
        expiry: the longest time since the start of that run, as a duration; None: any.
    """
    longest = age(expiry) if expiry else None
    fitting = [
        run
        for run in runs
        if run.get("_cache") == wanted
        and run["StepStatus"] == "Succeeded"
        and "CacheHitResult" not in run
        and (longest is None or now - run["StartTime"] <= longest)
    ]
    return max(fitting, key=lambda run: run["StartTime"], default=None)
