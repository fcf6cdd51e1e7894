"""Asks for a state until it is final, and says what to do when asking fails; knows no service.

What is waited for runs by itself: an error here ends nothing there. The waiters of botocore and of
the SageMaker SDK stop at the first error that outlasts a request's retries (throttling in a busy
account, a laptop that slept), and tell of a failure in words that name no next step.
"""

import math
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NoConnection
from tqdm import tqdm

TRIES = 30
"""Failures in a row after which asking is given up: five minutes at AWS's pace."""
LOGGED_OUT = {
    "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired",
    "UnrecognizedClientException",
}  # fmt: skip
LISTED_SECONDS = 600.0
"""For which a list may lack what was just made."""
DENIED = {"AccessDenied", "AccessDeniedException"}
PASSING = (HTTPClientError, NoConnection)
THROTTLED = {
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


class NotTold(RuntimeError):
    """A state can't be asked for any more; the message says why, and what to do."""


class NotSeen(RuntimeError):
    """What is waited for has not come in its time; the message says where to look."""


def until(
    read: Callable[[], dict[str, Any]],
    is_final: Callable[[dict[str, Any]], bool],
    *,
    name: str,
    words: Callable[[dict[str, Any]], str],
    pause: float,
    limit: float = math.inf,
    look: str = "",
) -> dict[str, Any]:
    """Return the first final answer of `read`, and show its state in a line meanwhile.

    Args:
        name: that of what is waited for.
        words: returns the state in words.
        pause: seconds between two requests.
        limit: seconds after which it is an error that the answer is not final; none for what AWS
            itself ends, such as a job.
        look: where to look then.

    Raises:
        NotSeen: no answer was final within the limit.
        NotTold: the caller's credentials or permissions don't allow it, or AWS has not answered for
            `TRIES` pauses.
    """
    failures, end = 0, time.monotonic() + limit
    with tqdm(bar_format="{desc} {elapsed}", desc=name) as bar:
        while True:
            try:
                answer = read()
            except (ClientError, BotoCoreError) as error:
                failures += 1
                if step := _next_step(error, failures):
                    raise NotTold(f"{name} goes on by itself, but {error}: {step}") from error
                bar.set_description_str(f"{name}: asked again after {type(error).__name__}")
            else:
                failures = 0
                bar.set_description_str(f"{name}: {words(answer)}")
            bar.update()
            if not failures and is_final(answer):
                return answer
            if not failures and time.monotonic() > end:
                raise NotSeen(f"{name}: {words(answer)} after {limit:.0f} s: {look}")
            time.sleep(pause)


def until_listed(
    read: Callable[[], Mapping[str, Any]], names: Collection[str], *, what: str, pause: float,
    limit: float = LISTED_SECONDS,
) -> Mapping[str, Any]:  # fmt: skip
    """Return the first list that has all of what was just made: AWS may show it late.

    Args:
        read: returns what is listed now, by its names.
        what: the plural of what is waited for.
        pause: seconds between two requests.
        limit: seconds after which it is an error that some are missing.

    Raises:
        NotSeen, NotTold: as `until`.
    """
    return until(
        lambda: {"listed": read()},
        lambda answer: answer["listed"].keys() >= set(names),
        name=f"new {what}",
        words=lambda answer: f"{sum(name in answer['listed'] for name in names)} of {len(names)}",
        pause=pause,
        limit=limit,
        look=(
            f"somebody may have deleted one of {', '.join(names)}; see in CloudTrail who has, then "
            "run this cell again"
        ),
    )["listed"]


def answer_of(read: Callable[[], Any], *, name: str, pause: float) -> Any:
    """Return the answer of `read`, which is asked again while AWS throttles or can't be reached.

    Args:
        name: what is asked for.
        pause: seconds between two requests.

    Raises:
        ClientError: the request itself is refused.
        NotTold: AWS has not answered for `TRIES` pauses, or the caller has to log in.
    """
    failures = 0
    while True:
        try:
            return read()
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in DENIED:
                raise
            failures += 1
            if step := _next_step(error, failures):
                raise NotTold(f"{name} can't be asked for: {error}: {step}") from error
        time.sleep(pause)


def _next_step(error: Exception, failures: int) -> str | None:
    """Say what to do after an error; None where asking again may help.

    Raises:
        ClientError: the request itself is refused.
    """
    code, status = "", 0
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in LOGGED_OUT or isinstance(error, NoCredentialsError | SSOError | TokenRetrievalError):
        return (
            "log in again (`aws sso login`), then run this cell again; if that is refused too, "
            "restart the kernel first"
        )
    if code in DENIED:
        return (
            "docs/user-policy-*.json have the permission that lacks; with it, run this cell again"
        )
    if not (code in THROTTLED or status >= 500 or isinstance(error, PASSING)):
        raise error
    return "run this cell again to wait on" if failures >= TRIES else None
