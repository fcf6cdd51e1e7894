"""Asks a model's server over HTTP as SageMaker does; knows a port, and no process."""

import http.client
import os
import socket
import sys
from dataclasses import dataclass, field
from typing import BinaryIO

LOOPBACK = "127.0.0.1"
PING_SECONDS = 2.0
"""How long SageMaker waits for /ping."""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    """By their names in small letters."""


def ask(port: int, body: bytes | BinaryIO, headers: dict[str, str], seconds: float) -> Answer:
    """Send one POST /invocations; a file is sent as it is read.

    Raises:
        OSError: the server is gone, or took longer.
    """
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)
    if not isinstance(body, bytes):  # else it would be sent in chunks, which not all servers read
        headers = {**headers, "Content-Length": str(os.fstat(body.fileno()).st_size)}
    try:
        connection.request("POST", "/invocations", body, headers)
        reply = connection.getresponse()
        named = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, named.get("content-type", ""), reply.read(), named)
    except http.client.HTTPException as error:
        raise ConnectionError(f"the worker did not answer: {error}") from error
    finally:
        connection.close()


def is_healthy(port: int) -> bool:
    """Tell whether GET /ping is answered with 200 in time."""
    return get(port, "/ping") is not None


def get(port: int, path: str) -> bytes | None:
    """Return the body of a GET that is answered with 200 in time, or None."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=PING_SECONDS)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.read() if reply.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Reservation:
    """A free port that no other process is given until it is let go.

    On Linux a server may listen on it meanwhile, if it sets SO_REUSEADDR as servers do; elsewhere
    it is let go at once.
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, 0))
        self.port = self._socket.getsockname()[1]
        if sys.platform != "linux":
            self.let_go()

    def let_go(self) -> None:
        """Give the port up; again does nothing."""
        self._socket.close()
