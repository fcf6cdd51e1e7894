"""One process that holds the model, as the server's event loop sees it; knows no HTTP.

They exchange messages over a pair of sockets, one request at a time. The loop itself writes and
reads them, so that no thread has to be woken for a request.
"""

import asyncio
import multiprocessing
import socket
from collections.abc import Callable, Mapping

from model_server import frames
from model_server.program import Answer
from model_server.serving import run
from model_server.settings import Settings

ANSWER_SECONDS = 60.0
"""InvokeEndpoint's own limit."""
LOADING = float("inf")
"""For the model: SageMaker itself ends what never gets healthy."""
LOOK_SECONDS = 1.0
"""Between two looks at a process from which nothing comes. A request that takes longer is long: a
clip or a photo takes milliseconds."""
JOINED_BYTES = 2**18
"""Up to this size a body is sent together with what goes before it."""
SPAWN = multiprocessing.get_context("spawn")


class LoadFailed(Exception):
    """A worker ended before it had the model; the log says why."""


class Worker(asyncio.Protocol):
    """One process with the model, started here.

    Args:
        lost: called where it ends while nothing is asked of it.
        long: called while a request is long.
    """

    def __init__(
        self,
        settings: Settings,
        lost: Callable[["Worker"], object],
        long: Callable[[], object],
    ):
        self._ours, inside = socket.socketpair()
        self._process = SPAWN.Process(target=run, args=(inside, settings), daemon=True)
        self._process.start()
        inside.close()
        self._lost, self._long, self._reader = lost, long, frames.Reader()
        self._message: asyncio.Future | None = None
        self.has_ended = False

    async def load(self) -> None:
        """Return once the model is loaded.

        Raises:
            LoadFailed: the process ended before.
        """
        self._loop = asyncio.get_running_loop()
        self._message = self._loop.create_future()
        await self._loop.create_unix_connection(lambda: self, sock=self._ours)
        if await self._next(LOADING) is None:
            raise LoadFailed

    async def ask(self, body: bytes, headers: Mapping[str, str]) -> Answer | None:
        """Return the answer; None where the process ended.

        Raises:
            TimeoutError: it took longer than the client waits.
        """
        self._message = self._loop.create_future()
        if self.has_ended:
            return None
        head = frames.head(headers, body)
        if len(body) <= JOINED_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)
        message = await self._next(ANSWER_SECONDS)
        if message is None:
            return None
        (status, content_type, named), made = message
        return Answer(status, made, content_type, named)

    async def _next(self, seconds: float) -> tuple[object, bytes] | None:
        """Return the message that comes; None where the process ended."""
        self._until = self._loop.time() + seconds
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)
        try:
            return await self._message
        finally:
            self._timer.cancel()

    def _look(self) -> None:
        """Look at a process from which nothing comes.

        The socket alone does not tell its end where it left processes of its own, which hold the
        other end.
        """
        if not self._process.is_alive():
            self._end_of_stream()
        elif self._loop.time() >= self._until:
            self._give(TimeoutError())
        else:
            if self._until < LOADING:
                self._long()
            self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def _give(self, message: tuple[object, bytes] | Exception | None) -> bool:
        """Hand a message, its lack or an error to whoever waits; tell whether somebody does."""
        if self._message is None or self._message.done():
            return False
        if isinstance(message, Exception):
            self._message.set_exception(message)
        else:
            self._message.set_result(message)
        return True

    def _end_of_stream(self) -> None:
        if not self.has_ended:
            self.has_ended = True
            if not self._give(None):
                self._lost(self)

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep what messages are written to."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Put a message together."""
        for message in self._reader.feed(data):
            self._give(message)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits that the process has ended."""
        self._end_of_stream()

    def kill(self) -> None:
        """Kill the process."""
        self.has_ended = True
        self._give(None)
        self._process.kill()
        if transport := getattr(self, "_transport", None):
            transport.abort()

    def join(self) -> None:
        """Wait for the end of the killed process, in a thread."""
        self._process.join()
