"""Reads the recipes that AWS builds its images by: lock files and Dockerfiles; resolves nothing."""

import json
import re
import shlex
import tomllib

from packaging.markers import Marker
from packaging.requirements import Requirement

from tools.pins import normal

LINUX = {
    "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64",
    "os_name": "posix", "implementation_name": "cpython", "python_version": "3.12",
    "python_full_version": "3.12.0", "platform_python_implementation": "CPython",
}  # fmt: skip
"""The machine of AWS's newer images, in the words of packages' markers."""
INSTALLER = re.compile(r"(?:\S*/)?(?:pip|mamba) install (.*)")
OF_CONDA = {"pytorch": "torch"}
"""Conda's name of a package, and PyPI's."""
NO_PACKAGES = {
    "python", "libgcc", "curl", "libcurl", "cmake", "mkl", "mkl-include", "typing",
    "pytorch-cuda", "cuda-nvcc", "cuda-libraries-dev", "cuda-libraries-static", "cuda-compiler",
    "aws-ofi-nccl", "mpi4py",
}  # fmt: skip
"""What conda installs that pip does not list, or that PyPI has no wheel of (mpi4py, typing)."""
COMPILED = {"apex", "flash-attn", "transformer-engine"}
"""Packages that want a CUDA compiler; no code of the course imports them."""


def locked(lock: str, extra: str) -> dict[str, str]:
    """Return {name: version} of what `uv sync --extra` installs from a lock file on Linux."""
    packages = tomllib.loads(lock)["package"]
    (root,) = (each for each in packages if "virtual" in each["source"])
    todo, seen, versions = [(root, frozenset([extra]))], set(), {}
    while todo:
        package, extras = todo.pop()
        if (key := (package["name"], package["version"], extras)) in seen:
            continue
        seen.add(key)
        versions[package["name"]] = package["version"].partition("+")[0]
        optional = package.get("optional-dependencies", {})
        needs = [
            *package.get("dependencies", ()),
            *(n for e in extras for n in optional.get(e, ())),
        ]
        for need in needs:
            if "marker" in need and not Marker(need["marker"]).evaluate(LINUX):
                continue
            (chosen,) = (
                each
                for each in packages
                if each["name"] == need["name"]
                and need.get("version", each["version"]) == each["version"]
            )
            todo.append((chosen, frozenset(need.get("extra", ()))))
    del versions[root["name"]]
    return versions


def installed(dockerfile: str, stages: list[str]) -> list[str]:
    """Return the requirements that some stages of a Dockerfile ask pip and mamba for, as PyPI's."""
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", dockerfile, re.M))
    text = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.M).replace("\\\n", " ")
    wanted: dict[str, str] = {}
    stage = ""
    for line in text.splitlines():
        if match := re.match(r"FROM \S+ AS (\w+)", line):
            stage = match[1]
        if stage not in stages or not line.startswith("RUN "):
            continue
        for command in line.removeprefix("RUN ").split("&&"):
            if match := INSTALLER.match(command.strip()):
                for word in _packages(match[1], arguments):
                    wanted.setdefault(normal(Requirement(word).name), word)
    return [wanted[name] for name in sorted(wanted)]


def _packages(words: str, arguments: dict[str, str]) -> list[str]:
    """Return the words of an installer's command that name packages of PyPI."""
    filled = re.sub(r"\$\{?(\w+)\}?", lambda match: arguments.get(match[1], ""), words)
    names, skip = [], False
    for word in shlex.split(filled):
        if skip or word.startswith("-"):
            skip = word in ("-c", "--trusted-host", "--config-settings")
            continue
        if "://" in word or word.startswith((".", "/")):
            continue
        name, version = re.match(r"([\w.-]+)(.*)", word).groups()
        if normal(name) in NO_PACKAGES | COMPILED:
            continue
        names.append(OF_CONDA.get(name, name) + re.sub(r"^=(?=\d)", "==", version))
    return names


def limits(core_packages: str) -> list[str]:
    """Return the requirements that a recipe's core_packages.json adds; its builds must agree."""
    rows = json.loads(core_packages).items()
    return [f"{name}{row['version_specifier']}" for name, row in rows if name not in COMPILED]


def patches(history: str) -> dict[str, str]:
    """Return {name: version} that the last patch of an image puts over its packages."""
    (last,) = re.findall(r"^pip install (.+)$", history.rpartition("####")[2], re.M)
    return dict(word.split("==") for word in last.split())
