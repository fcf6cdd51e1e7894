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
Message = tuple[object, bytes]
"""A note and a body."""


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
        self._take: Callable[[Message | None], object] | None = None
        self._is_late = False
        self.is_lost = False

    async def load(self) -> None:
        """Return once the model is loaded.

        Raises:
            LoadFailed: the process ended before.
        """
        self._loop = asyncio.get_running_loop()
        loaded = self._loop.create_future()
        self._expect(LOADING, loaded.set_result)
        await self._loop.create_unix_connection(lambda: self, sock=self._ours)
        if await loaded is None:
            raise LoadFailed

    def ask(
        self, body: bytes, headers: Mapping[str, str], done: Callable[[Answer], object]
    ) -> None:
        """Ask for an answer, which `done` gets: a refusal where the process is lost by then."""

        def take(message: Message | None) -> None:
            if message is None:
                done(self._refusal())
            else:
                (status, content_type, named), made = message
                done(Answer(status, made, content_type, named))

        self._expect(ANSWER_SECONDS, take)
        if self.is_lost:
            self._give(None)
            return
        head = frames.head(headers, body)
        if len(body) <= JOINED_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)

    def _refusal(self) -> Answer:
        if self._is_late:
            return Answer(504, f"No prediction within {ANSWER_SECONDS:.0f} s".encode())
        return Answer(500, b"The process that predicted has ended: see the log")

    def _expect(self, seconds: float, take: Callable[[Message | None], object]) -> None:
        """Let `take` get the message that comes; None where the process is lost before."""
        self._take, self._until = take, self._loop.time() + seconds
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Look at a process from which nothing comes.

        The socket alone does not tell its end where it left processes of its own, which hold the
        other end.
        """
        self._is_late = self._loop.time() >= self._until
        if self._is_late or not self._process.is_alive():
            self._lose()
            return
        if self._until < LOADING:
            self._long()
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def _give(self, message: Message | None) -> bool:
        """Hand a message, or its lack, to who waits for it; tell whether somebody does."""
        take, self._take = self._take, None
        if take is None:
            return False
        self._timer.cancel()
        take(message)
        return True

    def _lose(self) -> None:
        if not self.is_lost:
            self.is_lost = True
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
        self._lose()

    def kill(self) -> None:
        """Kill the process."""
        self.is_lost = True
        self._give(None)
        self._process.kill()
        if transport := getattr(self, "_transport", None):
            transport.abort()

    def join(self) -> None:
        """Wait for the end of the killed process, in a thread."""
        self._process.join()
