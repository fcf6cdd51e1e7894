"""A folder that takes the place of torch on a program's path: what our own image has not."""

from pathlib import Path

REFUSED = "raise ModuleNotFoundError('No module named ' + repr(__name__), name=__name__)"


def hide_torch(folder: Path) -> str:
    """Write modules that raise when they are imported; return the folder for PYTHONPATH."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("torch", "torchaudio"):
        (folder / f"{name}.py").write_text(REFUSED)
    return str(folder)
