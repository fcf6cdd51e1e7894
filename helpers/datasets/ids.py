"""Makes ids for keys of objects and samples from arbitrary names; knows no data set.

A name may have any character. An id has letters, digits, `_` and `-` of ASCII alone, at most
`LONGEST`: a dot would cut a shard's sample key, a tar member's name has 100 bytes. An id that
differs from its name ends in a hash of the name: so two names never get one id, and a name keeps
its id when others are added. But names that differ only in case, which some file systems
can't distinguish, get a hash too: the id of the first changes when the second is added.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

LONGEST = 64
NAMES_KEY = "names.json"
"""File beside the raw data, for keys that differ from their file's path: {key: path}."""


def write_names(folder: Path, keys: Mapping[str, str]) -> None:
    """Write `names.json` into a raw folder, if any key differs from its file's path.

    Args:
        keys: {path in the user's folder: key}.
    """
    names = {key: path for path, key in keys.items() if key != path}
    if names:
        text = json.dumps(names, indent=1, ensure_ascii=False)
        (folder / NAMES_KEY).write_text(text, encoding="utf-8")


def composed(text: str) -> str:
    """Return a text in Unicode's composed form (NFC); macOS decomposes file names.

    An `é` of one character and one of two are the same letter.
    """
    return unicodedata.normalize("NFC", text)


def is_text(text: str) -> bool:
    """Return whether a file's name is valid UTF-8; other names can't be written to metadata."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    """Return a printable file name: bytes that are no UTF-8 as `\\xff`."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def safe(name: str) -> str:
    """Return a name's legible part: ASCII letters without their accents, `_` for the rest.

    >>> safe("Eisvogel-Ö")
    'Eisvogel-O'
    """
    ascii = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "_", ascii)[:LONGEST].strip("_")


def make_ids(wishes: Sequence[str], names: Sequence[str] | None = None) -> list[str]:
    """Return an id for each name: the wished id if possible; equal names share one.

    Args:
        wishes: the wished ids.
        names: unique names, such as paths; default: the wishes.
    """
    names = list(names or wishes)
    wish_of = dict(zip(names, map(composed, wishes), strict=True))
    digits = {name: 0 if wish and safe(wish) == wish else 8 for name, wish in wish_of.items()}
    while True:
        ids = {name: _id(wish, name, digits[name]) for name, wish in wish_of.items()}
        counts = Counter(id.casefold() for id in ids.values())
        clashing = [name for name, id in ids.items() if counts[id.casefold()] > 1]
        if not clashing:
            return [ids[name] for name in names]
        digits |= {name: min(digits[name] + 8, 32) for name in clashing}


def _id(wish: str, name: str, digits: int) -> str:
    """Return the wished id, or its legible part with `digits` digits of the name's hash."""
    if not digits:
        return wish
    mark = hashlib.sha256(name.encode()).hexdigest()[:digits]
    return "-".join(filter(None, (safe(wish)[: LONGEST - digits - 1], mark)))
