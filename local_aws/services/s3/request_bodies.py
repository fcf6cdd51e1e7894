"""Request bodies: exactly Content-Length bytes, and aws-chunked frames. Knows no digests.

Chunk signatures are not checked: the request's own signature is, and checksums guard the content.
Source of the frames: S3's API reference, "Signature Calculations for the Authorization Header:
Transferring Payload in Multiple Chunks".
"""

from typing import BinaryIO

from local_aws.errors import AwsError

LINE_BYTES = 8192


def incomplete(message: str) -> AwsError:
    """Return S3's error for a body of another length than announced."""
    return AwsError("IncompleteBody", message)


class Exactly:
    """A stream of exactly `length` bytes of a connection."""

    def __init__(self, stream: BinaryIO, length: int):
        self._stream, self.left = stream, length

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end. Raises: AwsError if the client stops early."""
        if not self.left or not size:
            return b""
        return self._took(self._stream.read(min(size, self.left)))

    def readline(self, size: int) -> bytes:
        """Return a line of up to `size` bytes with its end."""
        return self._took(self._stream.readline(min(size, self.left))) if self.left else b""

    def _took(self, block: bytes) -> bytes:
        if not block:
            raise incomplete(f"The request body ended {self.left} bytes before its Content-Length.")
        self.left -= len(block)
        return block


class AwsChunked:
    """The content of aws-chunked frames; at its end `trailers` (lower-case names) are complete."""

    def __init__(self, stream: BinaryIO, length: int | None):
        self._stream, self._length = stream, length
        self._chunk = 0  # bytes left in the current frame
        self._taken = 0
        self._ended = False
        self.trailers: dict[str, str] = {}

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes, fewer only at the end of the content."""
        taken = []
        while size and not self._ended:
            if not self._chunk:
                self._next_frame()
                continue
            block = self._stream.read(min(size, self._chunk))
            if not block:
                raise incomplete("The request body ended inside a chunk.")
            taken.append(block)
            size -= len(block)
            self._chunk -= len(block)
            self._taken += len(block)
            if not self._chunk and self._line():
                raise incomplete("A chunk is longer than its header says.")
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def _line(self) -> bytes:
        line = self._stream.readline(LINE_BYTES)
        if not line.endswith(b"\n"):
            raise incomplete("The request body is not in aws-chunked form.")
        return line.rstrip(b"\r\n")

    def _next_frame(self) -> None:
        try:
            self._chunk = int(self._line().partition(b";")[0], 16)
        except ValueError as error:
            raise incomplete("The request body is not in aws-chunked form.") from error
        if self._chunk < 0:
            raise incomplete("A chunk has a negative size.")
        if not self._chunk:
            self._end()

    def _end(self) -> None:
        while getattr(self._stream, "left", 1) and (line := self._line()):
            name, _, value = line.decode("latin-1").partition(":")
            self.trailers[name.strip().lower()] = value.strip()
        self._ended = True
        if self._length is not None and self._taken != self._length:
            raise incomplete(
                f"The content has {self._taken} bytes, but the header announced {self._length}."
            )
