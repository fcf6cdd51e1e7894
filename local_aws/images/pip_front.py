"""Stands for `python3 -m pip` in an image: links what this machine has, leaves the rest to pip.

Copied into an image's view as pip/__main__.py: stdlib and what pip brings, no more. `pip install`
of what the server's own environment has in the wanted version links it, and all that it needs and
the image lacks, into the instance's own site-packages: no network is needed. Where nothing is left
to do then, it says so in pip's words; pip itself, which needs seconds to find that out, does
everything else.
"""

import fcntl
import importlib.metadata
import os
import shlex
import sys
import sysconfig

FLAGS = {"-q", "-qq", "--quiet", "-v", "--verbose", "--no-cache-dir", "--no-input", "--no-deps",
         "--disable-pip-version-check", "--no-warn-script-location", "--prefer-binary"}  # fmt: skip
VALUES = {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--cache-dir",
          "--progress-bar", "--retries", "--root-user-action", "--timeout"}  # fmt: skip
"""Options that change nothing about where and which versions are installed."""
SETTINGS = {f"PIP_{name.strip('-').upper().replace('-', '_')}" for name in FLAGS | VALUES}
SETTINGS |= {"PIP_CONFIG_FILE", "PIP_NO_WARN_CONFLICTS"}
"""The same as variables."""
TURN = "LOCAL_AWS_PIP_TURN"
SCRIPT = "#!{}/bin/python3\nimport sys\n\nfrom {} import {}\n\nsys.exit({}())\n"


def wanted(words: list[str], folder: str = "") -> list[str] | None:
    """Return the requirements that the words after `pip install` name; None if pip alone must see.

    Args:
        folder: the one of the requirements file that the words stand in.
    """
    lines, words = [], list(words)
    while words:
        word, _, value = words.pop(0).partition("=")
        if word in ("-r", "--requirement", *VALUES):
            value = value or (words.pop(0) if words else "")
            if word not in VALUES:
                inside = in_file(os.path.join(folder, value))
                if inside is None:
                    return None
                lines += inside
        elif word.startswith("-") and word not in FLAGS:
            return None
        elif not word.startswith("-"):
            lines.append(f"{word}={value}" if value else word)
    return lines


def in_file(path: str) -> list[str] | None:
    """Return the requirements of a file and of those that it names."""
    lines = []
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("\\\n", " ")
    except (OSError, ValueError):
        return None  # pip says it better
    for line in text.splitlines():
        line = f" {line}".partition(" #")[0].strip()
        if line.startswith("-"):
            inside = wanted(shlex.split(line), os.path.dirname(path))
            if inside is None:
                return None
            lines += inside
        elif line:
            lines.append(line)
    return lines


def parse(text: str):
    """Return a requirement; None where it is a path, an address or nothing of this kind."""
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

    try:
        line = Requirement(text)
    except InvalidRequirement:
        return None
    return None if line.url else line


class Links:
    """What is to be linked.

    Args:
        source: the site-packages of the server's environment.
        deep: whether what a package needs comes along.
    """

    def __init__(self, source: str, deep: bool):
        self.source, self.deep = source, deep
        self.site = sysconfig.get_paths()["purelib"]
        self.taken: dict[str, importlib.metadata.Distribution] = {}
        self.whole = True
        """Whether all is there, or taken: nothing is left to pip."""
        self._seen: set[tuple[str, frozenset[str]]] = set()
        self._made: set[str] = set()

    def add(self, text: str, extras: frozenset[str] = frozenset()) -> None:
        """Take a package and all that it needs, as far as they are missing here and lie there."""
        from pip._vendor.packaging.utils import canonicalize_name

        if not extras and "extra ==" in text and " or " not in text:
            return  # most lines of a large package: there is no need to parse them
        line = parse(text)
        self.whole &= line is not None
        if line is None or not _holds(line, extras):
            return
        name = canonicalize_name(line.name)
        package = self.taken.get(name) or _in(sys.path, name)
        if package is None:
            package = _in([self.source], name)
            if package is None or not line.specifier.contains(package.version, prereleases=True):
                self.whole = False
                return
            self.taken[name] = package
        self.whole &= line.specifier.contains(package.version, prereleases=True)
        # pip asks for the needs of what is there already, too.
        if self.deep and (key := (name, frozenset(line.extras))) not in self._seen:
            self._seen.add(key)
            for need in package.requires or ():
                self.add(need, key[1])

    def make(self) -> None:
        """Link files, so that pip may replace or remove each, and write the packages' scripts."""
        for package in self.taken.values():
            for line in (package.read_text("RECORD") or "").splitlines():
                file = line.rsplit(",", 2)[0].strip('"')
                if file and not file.startswith(("..", "/")):
                    self._link(file)
            for each in package.entry_points.select(group="console_scripts"):
                self._write_script(each)

    def _link(self, file: str) -> None:
        path = os.path.join(self.site, file)
        if (folder := os.path.dirname(path)) not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)
        if not os.path.lexists(path):
            os.symlink(os.path.join(self.source, file), path)

    def _write_script(self, entry: importlib.metadata.EntryPoint) -> None:
        path = os.path.join(sys.prefix, "bin", entry.name)
        first = entry.attr.partition(".")[0]
        with open(path, "w", encoding="utf-8") as file:
            file.write(SCRIPT.format(sys.prefix, entry.module, first, entry.attr))
        os.chmod(path, 0o755)


def _holds(line, extras: frozenset[str]) -> bool:
    if line.marker is None:
        return True
    return any(line.marker.evaluate({"extra": extra}) for extra in [*extras, ""])


def _in(path: list[str], name: str) -> importlib.metadata.Distribution | None:
    return next(iter(importlib.metadata.distributions(name=name, path=path)), None)


def link(words: list[str]) -> bool:
    """Link what the words after `pip install` want and this machine has; return if that is all."""
    lines = wanted(words)
    if not lines:
        return False
    view = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with open(os.path.join(view, "source"), encoding="utf-8") as file:
        links = Links(file.read(), "--no-deps" not in words)
    for line in lines:
        links.add(line)
    if links.taken:
        links.make()
        names = ", ".join(f"{name} {package.version}" for name, package in links.taken.items())
        print(f"Not downloaded but linked from the environment of the local AWS: {names}")
        sys.stdout.flush()
    if not links.whole or any(name.startswith("PIP_") for name in os.environ.keys() - SETTINGS):
        return False
    if not {"-q", "-qq", "--quiet"} & set(words):
        for line in lines:
            print(f"Requirement already satisfied: {line}")
    return True


def take_turn() -> None:
    """Wait for other installations: a job's instances share one site-packages here."""
    if not os.environ.get(TURN):  # else it is called by a package that is just being installed
        os.environ[TURN] = "taken"
        # Let go of at the process's end, whatever it is.
        fcntl.flock(os.open(os.path.join(sys.prefix, TURN), os.O_CREAT | os.O_RDWR), fcntl.LOCK_EX)


def main() -> int:
    """Do as pip does with this process's arguments."""
    # An instance's programs look up no name outside; a job may install what its image lacks.
    os.environ.pop("RES_OPTIONS", None)
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # pip's own way: no module of the job's is taken for one of pip's
    if sys.argv[1:2] in (["install"], ["uninstall"]):
        take_turn()
    if sys.argv[1:2] == ["install"] and link(sys.argv[2:]):
        return 0
    from pip._internal.cli.main import main as pip

    return pip()


if __name__ == "__main__":
    sys.exit(main())
