"""Reads the words of a `pip install` in a Dockerfile; installs nothing.

What this machine's environment lacks can't be had: the local AWS fetches nothing from outside.
"""

import shlex
from collections.abc import Callable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from local_aws.images import installed
from local_aws.images.requirement_lines import requirement

PIP = (["pip", "install"], ["pip3", "install"], ["python3", "-m", "pip", "install"])
NO_DEPS = "--no-deps"
FLAGS = {"-q", "--quiet", "--no-cache-dir", "--disable-pip-version-check", NO_DEPS}
SOURCES = {"-i", "--index-url", "--extra-index-url"}
"""Where packages come from on AWS; here they are this machine's."""


def install(words: list[str], read: Callable[[str], str]) -> list[Requirement]:
    """Return what a command installs.

    Args:
        read: returns the text of a requirements file of the image.

    Raises:
        ValueError: it is no `pip install`, has an option that isn't known, or wants what this
            machine hasn't.
    """
    start = next((start for start in PIP if words[: len(start)] == start), None)
    if start is None:
        known = ", ".join(" ".join(start) for start in PIP)
        raise ValueError(f"the command `{shlex.join(words)}` isn't known here; known are {known}")
    lines = list(_lines(words[len(start) :], read))
    if not lines:
        raise ValueError("it names nothing to install")
    return [line for line in map(_requirement, lines) if _is_there(line)]


def _lines(words: list[str], read: Callable[[str], str]) -> list[str]:
    lines, words = [], list(words)
    while words:
        word, equals, value = words.pop(0).partition("=")
        if word in FLAGS and not equals:
            continue
        if word in SOURCES or word in ("-r", "--requirement"):
            if not value and not words:
                raise ValueError(f"{word} lacks its value")
            value = value or words.pop(0)
            lines += _in_file(read(value), read) if word not in SOURCES else []
        elif word.startswith("-"):
            raise ValueError(f"pip's option {word} isn't known here")
        else:
            lines.append(f"{word}{equals}{value}")
    return lines


def _in_file(text: str, read: Callable[[str], str]) -> list[str]:
    lines = []
    for line in text.splitlines():
        line = f" {line}".partition(" #")[0].strip()
        lines += _lines(shlex.split(line), read) if line.startswith("-") else [line] if line else []
    return lines


def _requirement(line: str) -> Requirement:
    try:
        wanted = requirement(line)
    except InvalidRequirement as error:
        raise ValueError(f"{line} is no requirement: {error}") from None
    if wanted.url:
        raise ValueError(f"{line}: packages from an address aren't known here")
    return wanted


def _is_there(line: Requirement) -> bool:
    """Tell whether a requirement holds for this Python at all.

    Raises:
        ValueError: it does, and this machine lacks the package or has another version.
    """
    if line.marker is not None and not line.marker.evaluate():
        return False
    here = installed.environment().found.get(canonicalize_name(line.name))
    if here is None or not line.specifier.contains(here.version, prereleases=True):
        has = f"has {line.name} {here.version}" if here else f"has no {line.name}"
        raise ValueError(f"{line} can't be installed here: the local AWS's environment {has}")
    return True
