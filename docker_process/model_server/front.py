"""uvicorn's protocol with a short way for invocations that come at once, head and body.

Such a one goes to its process without a task and without ASGI's messages, which for a photo are a
quarter of the front process's work. Anything else goes the usual way: bodies in pieces, other
paths and methods, requests before the last one's answer. httptools, a parser in C, is below it.
"""

import re
from functools import partial

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from model_server.app import INVOCATIONS, response
from model_server.program import Answer

PATH = INVOCATIONS.encode()
PLAIN = re.compile("[ -~]+")
"""What a content type is made of."""


class Exchange:
    """What uvicorn wants to know of a request that goes the short way."""

    def __init__(self, keep_alive: bool):
        self.keep_alive, self.disconnected, self.response_complete = keep_alive, False, False
        self.message_event = self

    def set(self) -> None:
        """Do nothing: nobody waits for its messages."""


class Front(HttpToolsProtocol):
    """One connection."""

    _pieces: list[bytes] | None = None
    """Of a body that may have come whole with its head."""

    def on_headers_complete(self) -> None:
        """Wait for the body first, where it may come at once."""
        is_first = self.cycle is None or self.cycle.response_complete
        if (
            self.url == PATH
            and self.parser.get_method() == b"POST"
            and is_first
            and not (self.expect_100_continue or self.parser.should_upgrade())
            and not self.flow.write_paused
        ):
            self._pieces = []
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Keep a piece of a body."""
        if self._pieces is None:
            super().on_body(body)
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        """Go the short way with a body that has come whole."""
        if self._pieces is None:
            super().on_message_complete()
            return
        body, self._pieces = b"".join(self._pieces), None
        is_old = self.parser.get_http_version() == "1.0"
        self.cycle = Exchange(not is_old and self.parser.should_keep_alive())
        self.app.invoke(self.headers, body, partial(self._answer, self.cycle, self.scope))

    def data_received(self, data: bytes) -> None:
        """Parse, and go the usual way with a body of which more is to come."""
        super().data_received(data)
        if self._pieces is not None:
            pieces, self._pieces = self._pieces, None
            if not self.transport.is_closing():
                super().on_headers_complete()
                for piece in pieces:
                    super().on_body(piece)

    def _answer(self, exchange: Exchange, scope: Scope, answer: Answer) -> None:
        """Write an answer in one piece."""
        if answer.headers or not PLAIN.fullmatch(answer.content_type):
            self._answer_as_usual(exchange, scope, answer)
            return
        exchange.response_complete = True
        if exchange.disconnected or self.transport.is_closing():
            return
        fields = [
            *self.server_state.default_headers,
            (b"content-length", b"%d" % len(answer.body)),
            (b"content-type", answer.content_type.encode()),
        ]
        if not exchange.keep_alive:
            fields.append((b"connection", b"close"))
        lines = [b"%b: %b\r\n" % field for field in fields]
        self.transport.write(b"".join([STATUS_LINE[answer.status], *lines, b"\r\n", answer.body]))
        if not exchange.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _answer_as_usual(self, exchange: Exchange, scope: Scope, answer: Answer) -> None:
        """Let uvicorn write an answer whose headers are the model's: it checks them."""

        async def app(scope: Scope, receive: object, send: object) -> None:
            await response(answer)(scope, receive, send)

        cycle = RequestResponseCycle(
            scope=scope | {"method": "POST"},
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=exchange.message_event,
            expect_100_continue=False,
            keep_alive=exchange.keep_alive,
            on_response=partial(self._end, exchange),
        )
        cycle.disconnected = exchange.disconnected
        self._start_asgi_task(cycle, app)

    def _end(self, exchange: Exchange) -> None:
        exchange.response_complete = True
        self.on_response_complete()
