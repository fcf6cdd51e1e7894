"""An HTTP/1.1 handler for werkzeug's server with keep-alive connections. Knows no application.

werkzeug's own handler closes each connection and waits 10 ms for unread bytes; this one reads the
rest of a body that the application left, and answers the next request on the same connection. The
headers with their original names are in environ["local_aws.headers"]: WSGI's names don't
distinguish "_" from "-". Connections leave half of the process's files to the rest of the server.
"""

import io
import logging
import resource
import socket
import struct
import threading
from collections.abc import Callable
from functools import cache
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit
from xml.sax.saxutils import escape

from werkzeug.serving import WSGIRequestHandler

from local_aws.wire.http_request import HEADERS

log = logging.getLogger(__name__)
BUSY = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
DRAINED = 1 << 20  # bytes of an unread body up to which reading it is cheaper than a new connection


@cache
def places() -> threading.Semaphore:
    """Return what counts the connections that may still be opened."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return threading.Semaphore(2048 if files < 0 else min(2048, max(16, files // 2)))


class Bounded(io.RawIOBase):
    """The body of a request: reads stop at its Content-Length."""

    def __init__(self, stream: BinaryIO, length: int, invite: Callable[[], None]):
        self._stream, self.left, self._invite = stream, length, invite

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all that is left for -1."""
        size = self._within(size)
        block = self._stream.read(size) if size else b""
        self.left -= len(block)
        return block

    def _within(self, size: int | None) -> int:
        self._invite()
        return self.left if size is None or size < 0 else min(size, self.left)

    def readinto(self, buffer: bytearray) -> int:
        """Fill a buffer; return the number of bytes."""
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def readline(self, size: int | None = -1) -> bytes:
        """Return one line."""
        size = self._within(size)
        line = self._stream.readline(size) if size else b""
        self.left -= len(line)
        return line


class _Connection(io.RawIOBase):
    """A connection that times out by the kernel: with Python's own timeout each call polls first.

    Args:
        seconds: without a byte, after which a call raises TimeoutError.
    """

    def __init__(self, connection: socket.socket, seconds: float):
        self._connection = connection
        pause = struct.pack("@ll", int(seconds), int(seconds % 1 * 1e6))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            connection.setsockopt(socket.SOL_SOCKET, option, pause)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray) -> int:
        """Fill a buffer as far as bytes are there; return their number, 0 at the end."""
        try:
            return self._connection.recv_into(buffer)
        except BlockingIOError:
            raise TimeoutError("no byte came") from None

    def write(self, block: bytes) -> int:
        """Send all of a block."""
        try:
            self._connection.sendall(block)
        except BlockingIOError:
            raise TimeoutError("no byte was taken") from None
        return len(block)


class KeepAliveHandler(WSGIRequestHandler):
    """Answers one request after the other on a connection."""

    protocol_version = "HTTP/1.1"
    silence = 300.0
    """Seconds without a byte after which a connection is closed; S3 closes idle ones sooner."""
    _invited = True  # False while a client waits for "100 Continue" before it sends its body
    disable_nagle_algorithm = True  # head and body may be two packets: no wait for an ACK

    def setup(self) -> None:
        """Open the connection's two directions."""
        super().setup()
        connection = _Connection(self.connection, self.silence)
        self.rfile, self.wfile = io.BufferedReader(connection), connection

    def handle(self) -> None:
        """Answer the requests of a connection, or tell it that there are too many."""
        if not places().acquire(blocking=False):
            self.wfile.write(BUSY.encode())
            return
        try:
            super().handle()
        finally:
            places().release()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no HTTP request, or too long, in XML: S3's clients parse nothing else."""
        self.close_connection = True
        name = "InvalidURI" if code == 414 else "InvalidRequest"
        text = escape(message or "The request is not valid HTTP.")
        body = f"<Error><Code>{name}</Code><Message>{text}</Message></Error>".encode()
        lines = [f"HTTP/1.1 {code} {name}", "Content-Type: application/xml", "Connection: close"]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
        self.wfile.write(head.encode() + (b"" if self.command == "HEAD" else body))

    def make_environ(self) -> dict:
        """Return WSGI's environ with a bounded body and the headers' original names."""
        environ = super().make_environ()
        environ["PATH_INFO"] = _path_of(self.path)
        environ[HEADERS] = self.headers.items()
        if "wsgi.input_terminated" not in environ:
            length = environ.get("CONTENT_LENGTH") or "0"
            size = int(length) if length.isdigit() else 0
            environ["wsgi.input"] = Bounded(self.rfile, size, self._invite)
        return environ

    def handle_expect_100(self) -> bool:
        """Send "100 Continue" only when the body is read: a refused upload is never sent."""
        self._invited = False
        return True

    def _invite(self) -> None:
        if not self._invited:
            self._invited = True
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def run_wsgi(self) -> None:
        """Run the application and send its answer."""
        self.environ = self.make_environ()
        answer = _Answer(self)
        try:
            blocks = self.server.app(self.environ, answer.start)
            try:
                for block in blocks:
                    answer.write(block)
                answer.finish()
            finally:
                if hasattr(blocks, "close"):
                    blocks.close()
        except (ConnectionError, TimeoutError) as error:
            self.close_connection = True
            self.connection_dropped(error, self.environ)
        except Exception:
            self.close_connection = True
            log.exception("the application failed on %s %s", self.command, self.path)
            if not answer.sent:
                answer.start("500 Internal Server Error", [("Content-Length", "0")])
                answer.finish()
        self._drain()

    def _drain(self) -> None:
        if not self.close_connection:
            self.environ["wsgi.input"].read()

    def worth_keeping(self) -> bool:
        """Say whether the connection can carry a next request."""
        body = self.environ["wsgi.input"]
        if self.close_connection or not isinstance(body, Bounded):
            return False  # a chunked body's end is unknown
        return body.left == 0 or (self._invited and body.left <= DRAINED)


def _path_of(target: str) -> str:
    """Return a request target's path in WSGI's form: one character for each byte.

    werkzeug's own form has U+FFFD for bytes that are not UTF-8, so several paths would be one.
    """
    parts = urlsplit(target)
    path = f"/{parts.netloc}{parts.path}" if parts.netloc and not parts.scheme else parts.path
    return unquote_to_bytes(path.encode("latin-1")).decode("latin-1")


class _Answer:
    """One answer: its head is sent together with the first block."""

    def __init__(self, handler: KeepAliveHandler):
        self._handler, self._head, self._chunked = handler, b"", False
        self.sent = False

    def start(self, status: str, headers: list, exc_info: tuple | None = None) -> Callable:
        """Take status and headers (WSGI's start_response)."""
        handler = self._handler
        names = {name.lower() for name, _ in headers}
        bare = handler.command == "HEAD" or status[:3] in ("204", "304")
        lines = [f"HTTP/1.1 {status}"] + [f"{name}: {value}" for name, value in headers]
        if "content-length" not in names and not bare:
            self._chunked = True
            lines.append("Transfer-Encoding: chunked")
        if "date" not in names:
            lines.append(f"Date: {handler.date_time_string()}")
        if not handler.worth_keeping():
            handler.close_connection = True
            lines.append("Connection: close")
        self._head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return self.write

    def write(self, block: bytes) -> None:
        """Send a block."""
        if not block:
            return
        if self._chunked:
            block = b"%x\r\n%s\r\n" % (len(block), block)
        if not self.sent and len(block) < 1 << 16:
            block, self.sent = self._head + block, True
        elif not self.sent:
            self._handler.wfile.write(self._head)
            self.sent = True
        self._handler.wfile.write(block)

    def finish(self) -> None:
        """Send the head if no block was sent, and the end of the body."""
        end = b"0\r\n\r\n" if self._chunked else b""
        if not self.sent or end:
            self._handler.wfile.write((b"" if self.sent else self._head) + end)
