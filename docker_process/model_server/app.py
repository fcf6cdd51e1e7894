"""GET /ping and POST /invocations, as SageMaker asks them; knows HTTP, and no model."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from model_server.program import Answer
from model_server.room import Full, Place, Room
from model_server.settings import Settings
from model_server.workers import Workers

MOST_BYTES = 100 * 2**20
"""A batch transform's largest request; InvokeEndpoint's have 6 MB."""
READ_SECONDS = 60.0
"""For a body to arrive: SageMaker gives the whole request up after as long."""


def make_app(settings: Settings, fail: Callable[[], object]) -> Starlette:
    """Return the server's application.

    Args:
        fail: called where the model can't be loaded.
    """
    workers: list[Workers] = []
    room = Room()

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        workers.append(Workers(settings, fail))
        workers[0].start()
        yield
        await workers[0].end()

    async def ping(request: Request) -> Response:
        if workers[0].healthy:
            return PlainTextResponse("")
        return PlainTextResponse("The model is being loaded", 503)

    async def invocations(request: Request) -> Response:
        began, size = time.perf_counter(), 0
        try:
            with room.place() as place:
                body = await read(request, place)
                size = place.size
                answer = body if isinstance(body, Answer) else None
                answer = answer or await workers[0].answer(body, dict(request.headers))
        except Full as error:
            answer = Answer(503, str(error).encode())
        took = 1000 * (time.perf_counter() - began)
        print(f"POST /invocations {answer.status} {size} bytes {took:.1f} ms", flush=True)
        headers = {**answer.headers, "content-type": answer.content_type}
        return Response(answer.body, answer.status, headers)

    routes = [Route("/ping", ping), Route("/invocations", invocations, methods=["POST"])]
    return Starlette(routes=routes, lifespan=running)


async def read(request: Request, place: Place) -> bytes | Answer:
    """Return a request's body, or the answer where it does not arrive or is too large.

    Raises:
        Full: the server holds too many bytes.
    """
    pieces = []
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for piece in request.stream():
                place.grow(len(piece))
                pieces.append(piece)
                if place.size > MOST_BYTES:
                    return Answer(413, f"A request has at most {MOST_BYTES} bytes".encode())
    except ClientDisconnect:
        print(f"POST /invocations: hung up after {place.size} bytes", flush=True)
        return Answer(400, b"")  # nobody hears it
    except TimeoutError:
        return Answer(408, f"The body has not come within {READ_SECONDS:.0f} s".encode())
    return b"".join(pieces)
