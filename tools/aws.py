"""Prints the lines that point a shell's AWS clients at the local AWS; starts it if none runs."""

import shlex

from helpers.config import local_settings
from local_aws.control import ensure_running

STALE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


def lines(environment: dict[str, str]) -> list[str]:
    """Return shell lines that set `environment` and unset variables that would override it."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    return [f"unset {' '.join(STALE)}", *exports]


if __name__ == "__main__":
    print("\n".join(lines(ensure_running(local_settings()).environment())))
