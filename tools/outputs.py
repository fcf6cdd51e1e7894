"""Cleans the outputs of executed cells for a page that is committed; runs nothing."""

import base64
import io
import re
from pathlib import Path

from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
COPIES = ROOT / ".notebooks"
"""Beside notebooks/, so that a path from a notebook to the rest of the project still holds."""

PROGRESS = re.compile(r"\d+%\|.*\||\d+(\.\d+)?(it|s)/(s|it)\b")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
CELL_FILE = re.compile(r"/[^\s'\"]*/ipykernel_\d+/\d+\.py")
LIBRARY_WARNING = re.compile(r"^\S*/site-packages/\S+: \w*Warning: .*\n(?:  .*\n?)?", re.M)
STATE = re.compile(r"/[^\s'\"]*/course-\w+/state")
LARGE_FIGURE = 60_000
"""Bytes of a PNG from which on it is stored with 256 colors."""


def clean_text(text: str) -> str:
    """Return what a terminal would show in the end, without machine paths and libraries' noise."""
    text = LIBRARY_WARNING.sub("", COLOR.sub("", text))
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]
    text = "\n".join(line for line in lines if not PROGRESS.search(line))
    text = STATE.sub(".local_aws", text)
    text = text.replace(str(COPIES), "notebooks").replace(f"{ROOT}/", "")
    text = text.replace(str(ROOT), ".")
    if len(str(Path.home())) > 1:
        text = text.replace(f"{Path.home()}/", "~/")
    return ADDRESS.sub("", CELL_FILE.sub("<cell>", text))


def small_png(data: str) -> str:
    """Return a base64 PNG, with 256 colors where it is large."""
    from PIL import Image

    if len(data) * 3 / 4 < LARGE_FIGURE:
        return data
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")
    out = io.BytesIO()
    # It keeps transparency, and the rare colors at a color bar's ends, which a median cut drops.
    few = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def clean_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return a cell's outputs with joined streams, small figures and no noise."""
    cleaned: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            same = cleaned and cleaned[-1].get("name") == output.name
            if same:
                cleaned[-1].text += output.text
            else:
                cleaned.append(output)
            continue
        data = output.get("data", {})
        for kind, value in data.items():
            if kind.startswith("text/"):
                data[kind] = clean_text(value)
            elif kind == "image/png":
                data[kind] = small_png(value).strip()
        cleaned.append(output)
    for output in cleaned:
        if output.output_type == "stream":
            output.text = clean_text(output.text)
    return [o for o in cleaned if o.output_type != "stream" or o.text.strip()]
