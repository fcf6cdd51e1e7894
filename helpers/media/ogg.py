"""Reads, checks and renumbers the pages of an Ogg file; knows the container, not the codec.

Layout and checksum: RFC 3533, section 6.
"""

import struct
import zlib
from collections.abc import Iterator

_HEADER = 27
_SERIAL = slice(14, 18)
_CHECKSUM = slice(22, 26)
_LAST_PAGE = 0x04
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def pages(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (start, end) in bytes of each page.

    Raises:
        ValueError: a page is missing, damaged or cut off; the message says where.
    """
    start = 0
    while start < len(data):
        if data[start : start + 4] != b"OggS":
            raise ValueError(f"damaged: no Ogg page at byte {start} of {len(data)}")
        count = data[start + 26] if start + _HEADER <= len(data) else 0
        table = data[start + _HEADER : start + _HEADER + count]
        end = start + _HEADER + len(table) + sum(table)
        if end > len(data) or len(table) < count:
            raise ValueError(f"truncated: an Ogg page is cut off at byte {len(data)}")
        yield start, end
        start = end


def check(data: bytes) -> None:
    """Check that the stream is complete, page by page to its last one.

    Raises:
        ValueError: the file is truncated or damaged.
    """
    flags = 0
    for start, end in pages(data):
        page = bytearray(data[start:end])
        stored, page[_CHECKSUM] = bytes(page[_CHECKSUM]), b"\0\0\0\0"
        if struct.pack("<I", checksum(bytes(page))) != stored:
            raise ValueError(f"damaged: the Ogg page at byte {start} has a wrong checksum")
        flags = page[5]
    if not flags & _LAST_PAGE:
        raise ValueError(f"truncated: the Ogg stream has no last page after {len(data)} bytes")


def with_serial(data: bytes, serial: int) -> bytes:
    """Return the stream with another serial number (encoders draw a random one)."""
    out = bytearray(data)
    for start, end in pages(data):
        page = bytearray(data[start:end])
        page[_SERIAL] = struct.pack("<I", serial)
        page[_CHECKSUM] = b"\0\0\0\0"
        page[_CHECKSUM] = struct.pack("<I", checksum(bytes(page)))
        out[start:end] = page
    return bytes(out)


def checksum(page: bytes) -> int:
    """Return Ogg's CRC-32: zlib's polynomial with bits in the other order, start and end 0."""
    mirrored = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
