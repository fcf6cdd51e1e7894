"""Which packages the environment has that the server runs in, and their files; knows no image."""

import functools
import importlib.metadata
import platform
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local_aws.images.requirement_lines import requirement

SITE = Path(sysconfig.get_paths()["purelib"])


@dataclass(frozen=True)
class Distribution:
    """One installed package.

    Args:
        files: relative to site-packages; scripts and data elsewhere are left out.
        scripts: name to `module:function`.
    """

    name: str
    version: str
    requires: tuple[str, ...]
    files: tuple[str, ...]
    scripts: tuple[tuple[str, str], ...]


class Environment:
    """All installed packages, by their normalized names."""

    def __init__(self, site: Path):
        self.python = ".".join(platform.python_version_tuple()[:2])
        every = map(_read, importlib.metadata.distributions(path=[str(site)]))
        self.found = {each.name: each for each in every if each.files}

    def with_needs(self, wanted: list[Requirement]) -> dict[str, Distribution]:
        """Return what is installed of some packages and of all that these need, by name."""
        todo, taken, seen = list(wanted), {}, set()
        while todo:
            line = todo.pop()
            name = canonicalize_name(line.name)
            if (key := (name, frozenset(line.extras))) in seen or name not in self.found:
                continue
            seen.add(key)
            taken[name] = self.found[name]
            todo += needs(taken[name].requires, line.extras)
        return taken


def needs(requires: tuple[str, ...], extras: set[str]) -> list[Requirement]:
    """Return those requirements of a package that hold here."""
    lines = [requirement(text) for text in requires]
    return [
        line
        for line in lines
        if line.marker is None
        or any(line.marker.evaluate({"extra": extra}) for extra in [*extras, ""])
    ]


def environment() -> Environment:
    """Return the server's own environment; it is read again once something was installed."""
    return _environment(SITE.stat().st_mtime_ns)


@functools.lru_cache(maxsize=1)
def _environment(changed: int) -> Environment:
    return Environment(SITE)


def _read(distribution: importlib.metadata.Distribution) -> Distribution:
    # Twenty times as fast as `found.files`, which makes an object of each.
    lines = (distribution.read_text("RECORD") or "").splitlines()
    files = (line.rsplit(",", 2)[0].strip('"') for line in lines)
    scripts = distribution.entry_points.select(group="console_scripts")
    return Distribution(
        canonicalize_name(distribution.metadata["Name"]), distribution.version,
        tuple(distribution.requires or ()),
        tuple(file for file in files if file and not file.startswith(("..", "/"))),
        tuple((each.name, each.value) for each in scripts),
    )  # fmt: skip
