"""Ids that are fit for keys of objects and samples, made from names as people give them.

A name may hold any character. An id has letters, digits, `_` and `-` of ASCII alone, at most
`LONGEST`: a dot would cut a shard's sample key, a tar member's name has 100 bytes. An id that is
not the name itself ends in a hash of it: so two names never become one id, and a name keeps its id
whatever is added beside it. But names that differ only in case, which some file systems
can't tell apart, get a hash too: the id of the first changes when the second comes.
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
"""Beside the raw data, where a key is not its file's own path: {key: path in the user's folder}."""


def write_names(folder: Path, keys: Mapping[str, str]) -> None:
    """Write `names.json` below a raw folder, if any file's path is not its key.

    Args:
        keys: by the path in the user's folder.
    """
    names = {key: path for path, key in keys.items() if key != path}
    if names:
        text = json.dumps(names, indent=1, ensure_ascii=False)
        (folder / NAMES_KEY).write_text(text, encoding="utf-8")


def composed(text: str) -> str:
    """Return a text in Unicode's composed form (NFC), as macOS does not give it.

    An `é` of one character and one of two are the same letter to every reader.
    """
    return unicodedata.normalize("NFC", text)


def is_text(text: str) -> bool:
    """Return whether a file's name is text: one that is no UTF-8 can be written nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    """Return a file's name so that it can be shown: bytes that are no UTF-8 as `\\xff`."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def safe(name: str) -> str:
    """Return a name's legible part: ASCII letters without their accents, `_` for the rest.

    >>> safe("Eisvogel-Ö")
    'Eisvogel-O'
    """
    ascii = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "_", ascii)[:LONGEST].strip("_")


def make_ids(wishes: Sequence[str], names: Sequence[str] | None = None) -> list[str]:
    """Return an id for each name, its wish itself where that is possible; equal names share one.

    Args:
        wishes: what the ids should look like.
        names: what tells one from another, such as paths; the wishes themselves unless given.
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
    """Return the wish, or what is legible of it and so many digits of the name's hash."""
    if not digits:
        return wish
    mark = hashlib.sha256(name.encode()).hexdigest()[:digits]
    return "-".join(filter(None, (safe(wish)[: LONGEST - digits - 1], mark)))
