"""Messages on a stream of bytes: a note and a body, with their lengths before; knows no socket."""

import json
import struct
from collections.abc import Iterator

LENGTHS = struct.Struct("<IQ")
"""Bytes of the note and of the body."""


def head(note: object, body: bytes) -> bytes:
    """Return what goes before a body: the lengths and the note, which JSON can say."""
    text = json.dumps(note).encode()
    return LENGTHS.pack(len(text), len(body)) + text


class Reader:
    """Puts the messages of one stream together from pieces of any size."""

    def __init__(self):
        self._pieces: list[bytes] = []
        self._size, self._needed = 0, LENGTHS.size

    def feed(self, piece: bytes) -> Iterator[tuple[object, bytes]]:
        """Add a piece, and yield each message that is whole now: its note and its body."""
        self._pieces.append(piece)
        self._size += len(piece)
        while self._size >= self._needed:
            data = b"".join(self._pieces)
            note, size = LENGTHS.unpack_from(data)
            begin = LENGTHS.size + note
            end = self._needed = begin + size
            if len(data) < end:
                self._pieces = [data]
                return
            self._pieces, self._needed = [data[end:]], LENGTHS.size
            self._size = len(data) - end
            yield json.loads(data[LENGTHS.size : begin]), data[begin:end]
