"""Makes the page on which people try a model in a browser; it knows no cloud and no model.

The parts are in helpers/page/, and are joined into one file that loads nothing else. It is served
by the API that has the model, so it sends to a path beside its own.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from string import Template

from helpers.datasets import Dataset
from helpers.manifest import Manifest
from helpers.samples import Record, Unreadable

PARTS = Path(__file__).parent / "page"
SCRIPTS = ("elements", "files", "sound", "drawing", "answers", "faults", "recorder", "page")
"""Names of the scripts, in their order: each uses what stands before it."""
MOST_BYTES = 6_291_456
"""Of a request: InvokeEndpoint's largest body (`BodyBlob` of botocore's sagemaker-runtime model);
API Gateway takes 10 MB (docs.aws.amazon.com/apigateway, "Quotas for REST APIs")."""
MOST_EXAMPLE_BYTES = 400_000
"""Of one example: a few of them and the page stay far below the 10 MB that API Gateway answers."""
FORMATS = {
    "audio/wav": "WAV", "audio/ogg": "OGG", "audio/flac": "FLAC", "audio/mpeg": "MP3",
    "image/jpeg": "JPEG", "image/png": "PNG",
}  # fmt: skip
SUFFIXES = {
    "audio/wav": ".wav", "audio/ogg": ".ogg,.oga", "audio/flac": ".flac", "audio/mpeg": ".mp3",
}  # fmt: skip
"""File names of sounds: browsers do not agree on their types."""


@dataclass(frozen=True)
class Example:
    """A raw object that comes with the page."""

    file: str
    """Name of its file."""
    data: bytes
    caption: str
    """What it shows: its label in words."""
    credit: str = ""
    """Who made it, and under which license."""


def choose_examples(
    dataset: Dataset,
    manifest: Manifest,
    records: Iterable[Record],
    read: Callable[[str], bytes],
    most: int = 3,
    credit: str = "",
) -> list[Example]:
    """Return raw objects of the test split, which no model was trained on, each of another class.

    They become public with the page, as its gateway gives it to everybody.

    Args:
        records: of the raw data, in any order; the first that fit are taken.
        read: returns the bytes of a key below the raw prefix.
        credit: who made those whose metadata names nobody, and their license.
    """
    unseen = set(manifest.split("test").groups)
    chosen: dict[str, Example] = {}
    for record in records:
        if len(chosen) == most:
            break
        if record.label in chosen or not unseen.intersection(record.groups):
            continue
        data = read(record.media)
        if len(data) <= MOST_EXAMPLE_BYTES and _is_readable(dataset, data):
            name = common_names(manifest.label_names).get(record.label, record.label)
            file = PurePosixPath(record.media).name
            chosen[record.label] = Example(file, data, name, _credit(record.meta) or credit)
    return list(chosen.values())


def make_page(
    dataset: Dataset,
    names: Mapping[str, str],
    examples: Sequence[Example] = (),
    *,
    path: str = "try",
    most_bytes: int = MOST_BYTES,
) -> bytes:
    """Return the page, one HTML file in UTF-8.

    Args:
        names: labels in words, as a manifest's `label_names` has them.
        path: where the page sends to, relative to its own address.
        most_bytes: of a file that it sends.
    """
    is_sound = dataset.content_types[0].startswith("audio/")
    thing = "recording" if is_sound else "photo"
    formats = _listed([FORMATS.get(kind, kind) for kind in dataset.content_types])
    settings = {
        "path": path,
        "limit": most_bytes,
        "types": dataset.content_types,
        "formats": formats,
        "thing": thing,
        "sound": is_sound,
        "names": common_names(names),
        "examples": [_embedded(example) for example in examples],
    }
    style = (PARTS / "style.css").read_text(encoding="utf-8")
    script = "\n".join((PARTS / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    purpose = dataset.task.purpose
    accepted = [*dataset.content_types, *(SUFFIXES.get(kind, "") for kind in dataset.content_types)]
    page = Template((PARTS / "index.html").read_text(encoding="utf-8")).substitute(
        policy=_policy(style, script),
        title=escape(dataset.title),
        purpose=escape(f"{purpose[:1].upper()}{purpose[1:]}."),
        thing=thing,
        formats=escape(formats),
        limit=f"{most_bytes / 1e6:.1f}&nbsp;MB",
        accept=escape(",".join(filter(None, accepted))),
        limits="".join(f"<li>{escape(limit)}</li>" for limit in dataset.task.limits),
        style=style,
        # No `<` may end the block: https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
        settings=json.dumps(settings).replace("<", "\\u003c"),
        script=script,
    )
    return page.encode()


def common_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return labels in words without their codes: `Barn Swallow` of `Barn Swallow (barswa)`.

    Where two labels would have the same words, both keep their codes.
    """
    short = {label: name.removesuffix(f" ({label})") for label, name in names.items()}
    words = list(short.values())
    return {
        label: name if words.count(name) == 1 else names[label] for label, name in short.items()
    }


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy: this style and this script run, and talk to this API."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "img-src data: blob:",
            "media-src blob:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(example: Example) -> dict[str, str]:
    data = base64.b64encode(example.data).decode()
    words = {"file": example.file, "caption": example.caption, "credit": example.credit}
    return words | {"data": data}


def _credit(meta: Mapping[str, object]) -> str:
    """Return who made a raw object, and its license, as far as its metadata tells."""
    author, license = (str(meta.get(name) or "") for name in ("author", "license"))
    return ", ".join(filter(None, [f"by {author}" if author else "", license]))


def _is_readable(dataset: Dataset, data: bytes) -> bool:
    """Return whether a model would answer; what is left out here is no sample, but an example."""
    try:
        dataset.inputs(data, dataset.stores[0])
    except Unreadable:
        return False
    return True


def _listed(words: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
