"""Imports torchaudio with a CPU-only torch; knows one import, no audio.

The wheel on PyPI links CUDA for its native extension. Transforms, resampling and models are pure
torch and do not need it, so if the native import fails, an empty extension replaces it
(`forced_align` and the CUDA decoder then raise an error).
"""

import importlib
import sys
from types import ModuleType


def load() -> ModuleType:
    """Return the torchaudio module, with its native extension where that works.

    Raises:
        ModuleNotFoundError: torchaudio is not installed.
    """
    try:
        return importlib.import_module("torchaudio")
    except ModuleNotFoundError as error:
        if error.name == "torchaudio":
            raise ModuleNotFoundError(
                "torchaudio is missing: pip install -r requirements.txt", name="torchaudio"
            ) from error
        raise
    except (ImportError, OSError):
        _stub_extension()
        return importlib.import_module("torchaudio")


def _stub_extension() -> None:
    for name in [n for n in sys.modules if n == "torchaudio" or n.startswith("torchaudio.")]:
        del sys.modules[name]
    stub = ModuleType("torchaudio._extension")
    stub._IS_TORCHAUDIO_EXT_AVAILABLE = False
    stub.fail_if_no_align = _missing
    stub._load_lib = lambda name: False
    sys.modules[stub.__name__] = stub


def _missing(function):
    def refuse(*args, **kwargs):
        raise RuntimeError(f"{function.__name__} needs torchaudio's native extension")

    return refuse
