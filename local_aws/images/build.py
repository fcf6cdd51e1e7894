"""Does what a Dockerfile says, step by step, in an image's folder; knows no registry.

    FROM python:3.11-slim     Docker's own images of Python, and no other
    COPY, WORKDIR, ENV, LABEL as docker does, below `files/`
    RUN pip install …         packages that this machine has, in the versions that are wanted;
                              either all commands have --no-deps or none
    ENTRYPOINT ["…"]

Any other instruction, option or command is refused with its line, as is a step that fails. Left
out: links in what a COPY names.
"""

import errno
import os
import posixpath
import re
import shlex
import shutil
from pathlib import Path

from packaging.requirements import Requirement

from local_aws.errors import AwsError
from local_aws.images import installed, pip_words
from local_aws.images.dockerfile import BuildFailed, Instruction, parse
from local_aws.images.image import FILES, OF_PYTHON, write
from local_aws.state import paths

DOCKERFILE = "Dockerfile"
BASE = re.compile(r"python:(\d+\.\d+)(?:\.\d+)?(?:-slim)?(?:-[a-z]+)?")
IGNORED = re.compile(r"\*\*/([\w.-]+)")
BASE_PATH = "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin"
SERVE = "serve"


class Build:
    """One image in the making.

    Args:
        context: the folder that `docker build` is given.
        folder: an empty one, for the image.
    """

    def __init__(self, context: Path, folder: Path):
        self._context, self._folder, self._files = context, folder, folder / FILES
        self._python, self._workdir, self._entry_point = "", "", []
        self._variables = {"PATH": BASE_PATH}
        self._packages: list[Requirement] = []
        self._alone: set[bool] = set()
        """Whether packages were installed without what they need."""
        self._steps = {
            "FROM": self._from, "COPY": self._copy, "WORKDIR": self._change, "ENV": self._env,
            "LABEL": self._label, "RUN": self._run, "ENTRYPOINT": self._entrypoint,
        }  # fmt: skip

    def run(self) -> None:
        """Make the image.

        Raises:
            BuildFailed: an instruction failed, or isn't known.
        """
        path = self._context / DOCKERFILE
        if not path.is_file():
            raise BuildFailed("The build context has no Dockerfile")
        _ignore(self._context)
        self._files.mkdir(parents=True)
        for step in parse(_text(path)):
            if step.name not in self._steps:
                raise step.failed(f"the instruction isn't known here; {', '.join(self._steps)} are")
            if not self._python and step.name != "FROM":
                raise step.failed("the first instruction has to be FROM")
            self._do(step)
        if not self._python:
            raise BuildFailed("The Dockerfile has no FROM")
        serve = self._serve(step)
        complete = self._alone == {True}
        here = [name for name in OF_PYTHON if name in installed.environment().found]
        packages = [*self._packages, *(here if complete else ())]
        write(self._folder, "\n".join(map(str, packages)), {
            "python": self._python, "complete": complete, "entry_point": self._entry_point,
            "variables": self._variables, "workdir": self._workdir, "serve": serve,
        })  # fmt: skip

    def _do(self, step: Instruction) -> None:
        try:
            self._steps[step.name](step)
        except (FileExistsError, NotADirectoryError):
            raise step.failed("a file lies where a folder is needed") from None
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            raise step.failed("a path is too long") from None

    def _from(self, step: Instruction) -> None:
        match = BASE.fullmatch(step.text)
        if self._python or match is None:
            raise step.failed("one image of Python is known here, such as python:3.11-slim")
        self._python = match[1]

    def _words(self, step: Instruction) -> list[str]:
        return [step.filled(word, self._variables) for word in step.words()]

    def _env(self, step: Instruction) -> None:
        pairs = [word.partition("=") for word in self._words(step)]
        if not all(name and equals for name, equals, _ in pairs):
            raise step.failed("only the form NAME=value is known here")
        self._variables |= {name: value for name, _, value in pairs}

    def _label(self, step: Instruction) -> None:
        if not all("=" in word for word in step.words()):
            raise step.failed("only the form name=value is known here")

    def _change(self, step: Instruction) -> None:
        self._workdir = self._absolute(step.filled(step.text, self._variables))
        self._inside(self._workdir, step).mkdir(parents=True, exist_ok=True)

    def _entrypoint(self, step: Instruction) -> None:
        self._entry_point = step.listed()

    def _copy(self, step: Instruction) -> None:
        *sources, target = self._words(step)
        if not sources or any(word.startswith(("-", "[")) for word in sources):
            raise step.failed("only the form COPY source … target is known here")
        if len(sources) > 1 and not target.endswith("/"):
            raise step.failed("several sources need a target that ends with /")
        for source in sources:
            self._copy_one(step, source, target)

    def _copy_one(self, step: Instruction, source: str, target: str) -> None:
        relative = posixpath.normpath(source).lstrip("/")
        path = self._context if relative == "." else self._below(self._context, relative, step)
        copy = self._inside(self._absolute(target), step)
        # Followed, links may lead round and round; kept, out of the image.
        if link := next((each for each in (path, *path.rglob("*")) if each.is_symlink()), None):
            link = link.relative_to(self._context)
            raise step.failed(f"{link} is a link, which isn't known here")
        if path.is_dir():  # its contents, as docker does
            shutil.copytree(path, copy, dirs_exist_ok=True)
        elif path.is_file():
            is_folder = target.endswith("/") or copy.is_dir()
            copy = copy / path.name if is_folder else copy
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        else:
            raise step.failed(f"the build context has no {source}")

    def _run(self, step: Instruction) -> None:
        words = step.listed() if step.text.startswith("[") else _shell_words(step)
        try:
            for command in _commands(words):
                self._packages += pip_words.install(command, lambda name: self._read(name, step))
                self._alone.add(pip_words.NO_DEPS in command)
        except ValueError as error:
            raise step.failed(str(error)) from None
        except RecursionError:
            raise step.failed("a requirements file names itself") from None
        if len(self._alone) > 1:
            raise step.failed(f"{pip_words.NO_DEPS} in one pip install of two isn't known here")

    def _read(self, name: str, step: Instruction) -> str:
        path = self._inside(self._absolute(name), step)
        if not path.is_file():
            raise ValueError(f"the image has no file {name}: is a COPY missing?")
        return path.read_text()

    def _absolute(self, path: str) -> str:
        return posixpath.normpath(posixpath.join("/", self._workdir, path))

    def _inside(self, path: str, step: Instruction) -> Path:
        relative = path.lstrip("/")
        return self._below(self._files, relative, step) if relative else self._files

    def _below(self, root: Path, name: str, step: Instruction) -> Path:
        try:
            return paths.below(root, name)
        except AwsError as error:
            raise step.failed(error.message) from None

    def _serve(self, step: Instruction) -> str | None:
        """Return the program that `docker run image serve` finds."""
        for directory in filter(None, self._variables["PATH"].split(":")):
            path = self._inside(self._absolute(directory), step) / SERVE
            if path.is_file() and os.access(path, os.X_OK):
                return posixpath.join(directory, SERVE)
        return None


def _ignore(context: Path) -> None:
    """Remove from a build context what its .dockerignore names.

    Raises:
        BuildFailed: a pattern that isn't known.
    """
    path = context / ".dockerignore"
    for line in path.read_text().splitlines() if path.is_file() else []:
        if not line.strip() or line.startswith("#"):
            continue
        if (name := IGNORED.fullmatch(line.strip())) is None:
            raise BuildFailed(
                f".dockerignore: {line}: only patterns such as **/name are known here"
            )
        for ignored in [inside for inside in context.rglob("*") if inside.name == name[1]]:
            is_folder = ignored.is_dir() and not ignored.is_symlink()
            # One inside another is gone with it.
            shutil.rmtree(ignored) if is_folder else ignored.unlink(missing_ok=True)


def _text(path: Path) -> str:
    """Return the text of a Dockerfile.

    Raises:
        BuildFailed: it is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BuildFailed(f"The Dockerfile is no UTF-8: {error}") from None


def _shell_words(step: Instruction) -> list[str]:
    """Return the words of a shell's line; `&&` is the one sign that is known.

    Raises:
        BuildFailed: it has another.
    """
    try:
        words = list(shlex.shlex(step.text, posix=True, punctuation_chars=True))
    except ValueError as error:
        raise step.failed(str(error)) from None
    signs = [word for word in words if set(word) <= set("();<>|&") and word != "&&"]
    if signs or "$" in step.text or "`" in step.text:
        raise step.failed("of a shell's signs only && is known here")
    return words


def _commands(words: list[str]) -> list[list[str]]:
    commands = [[]]
    for word in words:
        commands.append([]) if word == "&&" else commands[-1].append(word)
    return commands
