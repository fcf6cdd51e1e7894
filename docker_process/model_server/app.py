"""GET /ping and POST /invocations, as SageMaker asks them; knows HTTP, and no model."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from model_server.program import Answer
from model_server.room import Full, Place, Room
from model_server.settings import Settings
from model_server.workers import Workers

INVOCATIONS = "/invocations"
RawHeaders = list[tuple[bytes, bytes]]
MOST_BYTES = 100 * 2**20
"""A batch transform's largest request; InvokeEndpoint's have 6 MB."""
READ_SECONDS = 60.0
"""For a body to arrive: SageMaker gives the whole request up after as long."""


class Invocations:
    """Answers invocations by the workers: an application of its own.

    Args:
        others: answers all else.
    """

    def __init__(self, workers: Workers, others: Starlette):
        self._workers, self._others, self._room = workers, others, Room()
        self.router = others.router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; an invocation does not pass Starlette's layers."""
        if scope["type"] != "http" or scope["path"] != INVOCATIONS:
            await self._others(scope, receive, send)
            return
        if scope["method"] != "POST":
            refusal = PlainTextResponse("Method Not Allowed", 405, {"allow": "POST"})
            await refusal(scope, receive, send)
            return
        began, size = time.perf_counter(), 0
        try:
            with self._room.place() as place:
                body = await read(receive, place)
                size = place.size
                if isinstance(body, Answer):
                    answer = body
                else:
                    answer = await self._workers.answer(body, plain(scope["headers"]))
        except Full as error:
            answer = Answer(503, str(error).encode())
        await response(answer)(scope, receive, send)
        log(answer, size, began)

    def invoke(self, headers: RawHeaders, body: bytes, done: Callable[[Answer], object]) -> None:
        """Answer an invocation that has come whole, for `done`."""
        began = time.perf_counter()
        try:
            place = self._room.enter()
        except Full as error:
            done(Answer(503, str(error).encode()))
            return

        def came(answer: Answer) -> None:
            self._room.leave(place)
            done(answer)
            log(answer, len(body), began)

        try:
            place.grow(len(body))
        except Full as error:
            came(Answer(503, str(error).encode()))
        else:
            self._workers.ask(body, plain(headers), came)


def response(answer: Answer) -> Response:
    """Return an answer as Starlette sends it."""
    headers = {**answer.headers, "content-type": answer.content_type}
    return Response(answer.body, answer.status, headers)


def log(answer: Answer, size: int, began: float) -> None:
    """Print a line for an invocation: last of all, as it takes time."""
    took = 1000 * (time.perf_counter() - began)
    line = f"POST {INVOCATIONS} {answer.status} {size} bytes {took:.1f} ms\n"
    print(line, end="", flush=True)  # one write, where output is not buffered


def make_app(settings: Settings, fail: Callable[[], object]) -> Invocations:
    """Return the server's application.

    Args:
        fail: called where the model can't be loaded.
    """
    workers = Workers(settings, fail)

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        workers.start()
        yield
        await workers.end()

    async def ping(request: Request) -> Response:
        if workers.healthy:
            return PlainTextResponse("")
        return PlainTextResponse("The model is being loaded", 503)

    return Invocations(workers, Starlette(routes=[Route("/ping", ping)], lifespan=running))


def plain(headers: RawHeaders) -> dict[str, str]:
    """Return headers as texts; of those with one name, the first."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(headers)}


async def read(receive: Receive, place: Place) -> bytes | Answer:
    """Return a request's body, or the answer where it does not arrive or is too large.

    Raises:
        Full: the server holds too many bytes.
    """
    pieces, goes_on = [], True
    try:
        async with asyncio.timeout(READ_SECONDS):
            while goes_on:
                message = await receive()
                if message["type"] == "http.disconnect":
                    print(f"POST {INVOCATIONS}: hung up after {place.size} bytes", flush=True)
                    return Answer(400, b"")  # nobody hears it
                piece, goes_on = message.get("body", b""), message.get("more_body", False)
                place.grow(len(piece))
                pieces.append(piece)
                if place.size > MOST_BYTES:
                    return Answer(413, f"A request has at most {MOST_BYTES} bytes".encode())
    except TimeoutError:
        return Answer(408, f"The body has not come within {READ_SECONDS:.0f} s".encode())
    return b"".join(pieces)
