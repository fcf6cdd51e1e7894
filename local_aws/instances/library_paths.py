"""Runs in an instance's Python: gives libraries that write below /opt/ml the instance's own folder.

Code that a job brings is rewritten when it is staged; a library lies in the image, which all
instances share. Of the SDK, these modules run inside a job. Without them a function that raises
would have no failure file, and its job no failure.
Python reads it by a .pth file, before any program; it must import next to nothing.
"""

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType

ML = "/opt/ml"
MODULES = (
    "sagemaker.core.remote_function.errors",
    "sagemaker.core.remote_function.runtime_environment.mpi_utils_remote",
)


class Loader(SourceFileLoader):
    """Loads a module with the instance's folder in the place of /opt/ml."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code; the folder is that of the program which imports it."""
        code = super().get_code(fullname)
        # The container's variables: TMPDIR is `tmp` in the folder.
        return code and moved(code, os.path.dirname(os.environ["TMPDIR"]))


class Finder:
    """Finds these modules and no others."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return a module's spec with a loader of ours, None for all others."""
        if name not in MODULES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = Loader(name, spec.loader.path)
        return spec


def moved(code: CodeType, folder: str) -> CodeType:
    """Return code with a folder in the place of /opt/ml in its texts."""

    def value(constant: object) -> object:
        if isinstance(constant, str):
            return constant.replace(ML, folder)
        if isinstance(constant, tuple):
            return tuple(map(value, constant))
        return moved(constant, folder) if isinstance(constant, CodeType) else constant

    return code.replace(co_consts=tuple(map(value, code.co_consts)))


def install() -> None:
    """Have this Python find the modules here first."""
    sys.meta_path.insert(0, Finder)
