"""What a worker's process does: loads the model and answers, one message after the other."""

import signal
import socket
import sys
import traceback

from model_server import frames
from model_server.program import Program
from model_server.settings import Settings

PIECE = 2**18
"""Bytes that are read at once."""


def run(pipe: socket.socket, settings: Settings) -> None:
    """Load the model, then answer what comes by the socket until the server is gone."""
    # The server answers what it has before it ends: a signal to all processes is its matter.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    try:
        program = Program(settings.model, settings.code, settings.program)
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
    try:
        pipe.sendall(frames.head(None, b""))
        reader = frames.Reader()
        while piece := pipe.recv(PIECE):
            for headers, body in reader.feed(piece):
                answer = program.answer(body, headers)
                note = (answer.status, answer.content_type, answer.headers)
                pipe.sendall(frames.head(note, answer.body) + answer.body)
    except ConnectionError:
        pass  # the server is gone
