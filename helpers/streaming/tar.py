"""Writes ustar archives byte for byte reproducibly, and reads them without copying.

It knows the tar format and nothing of samples. Only regular files with names up to 100 bytes are
written; links, sparse files and pax headers are refused when read.
"""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

BLOCK = 512
_END = bytes(2 * BLOCK)


class TarError(ValueError):
    """The bytes are not a whole, undamaged archive; the message says where."""


def header(name: str, size: int) -> bytes:
    """Return the 512-byte header of a regular file: no owner, no time, mode 0644.

    Layout: POSIX.1-1988 ustar, https://www.gnu.org/software/tar/manual/html_node/Standard.html

    Raises:
        ValueError: the name has more than 100 bytes, or the size 8 GiB or more.
    """
    raw = name.encode()
    if not 0 < len(raw) <= 100:
        raise ValueError(f"A tar name has 1 to 100 bytes, {name!r} has {len(raw)}")
    if size >= 8**11:
        raise ValueError(f"{name!r} has {size} bytes, a tar member holds less than 8 GiB")
    fields = [raw.ljust(100, b"\0"), b"0000644\0", b"0000000\0", b"0000000\0"]
    fields += [b"%011o\0" % size, b"%011o\0" % 0, b" " * 8, b"0", bytes(100), b"ustar\x0000"]
    block = b"".join(fields).ljust(BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


class TarWriter:
    """Appends files to an open binary file; the same files give the same bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, name: str, data: bytes) -> None:
        """Append one file."""
        self._file.write(header(name, len(data)))
        self._file.write(data)
        self._file.write(bytes(-len(data) % BLOCK))

    def close(self) -> None:
        """Write the end mark; the file itself stays open."""
        self._file.write(_END)


def members(data: bytes | memoryview) -> Iterator[tuple[str, int, int]]:
    """Yield (name, offset, size) of each file in an archive held in memory.

    Raises:
        TarError: truncated, damaged, or with members other than regular files.
    """
    view = memoryview(data)
    offset, headers = 0, []
    while True:
        block = bytes(view[offset : offset + BLOCK])
        if block == _END[:BLOCK]:
            break
        name, size = _parse(block, offset)
        headers.append(offset)
        yield name, offset + BLOCK, size
        offset += BLOCK + size + -size % BLOCK
    _check_sums(view, headers)


def is_header(block: bytes) -> bool:
    """Return whether 512 bytes are a file's header, by magic and checksum."""
    try:
        _parse(block, 0)
        _check_sums(memoryview(block), [0])
    except TarError:
        return False
    return True


def _parse(block: bytes, offset: int) -> tuple[str, int]:
    """Return name and size from one header block."""
    if len(block) < BLOCK:
        raise TarError(f"cut short at byte {offset + len(block)}: no end mark")
    if block[257:262] != b"ustar":
        raise TarError(f"no tar header at byte {offset}")
    if block[156:157] not in b"0\0":
        raise TarError(f"the member at byte {offset} is of type {block[156:157]!r}, not a file")
    try:
        size = int(block[124:136].rstrip(b" \0"), 8)
        name = block[:100].split(b"\0", 1)[0].decode()
        folder = block[345:500].split(b"\0", 1)[0].decode()
    except ValueError as error:
        raise TarError(f"a damaged tar header at byte {offset}: {error}") from None
    return (f"{folder}/{name}" if folder else name), size


def _check_sums(view: memoryview, headers: list[int]) -> None:
    """Compare the checksums of all headers, all at once: a Python loop costs 5 us each."""
    if not headers:
        return
    raw = np.frombuffer(view, np.uint8)
    blocks = raw[np.asarray(headers)[:, None] + np.arange(BLOCK)]
    sums = blocks.sum(1) - blocks[:, 148:156].sum(1) + 8 * ord(" ")
    for offset, block, total in zip(headers, blocks, sums.tolist(), strict=True):
        stated = block[148:156].tobytes().strip(b" \0")
        if not stated or any(c not in b"01234567" for c in stated) or int(stated, 8) != total:
            raise TarError(f"the checksum of the tar header at byte {offset} is wrong")
