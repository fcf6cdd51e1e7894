"""GET /ping and POST /invocations, as SageMaker asks them; knows HTTP, and no model."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from model_server.settings import Settings
from model_server.workers import Workers

MOST_BYTES = 100 * 2**20
"""A batch transform's largest request; InvokeEndpoint's have 6 MB."""


def make_app(settings: Settings, fail: Callable[[], object]) -> Starlette:
    """Return the server's application.

    Args:
        fail: called where the model can't be loaded.
    """
    workers: list[Workers] = []

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
        began = time.perf_counter()
        body = bytearray()
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > MOST_BYTES:
                    return PlainTextResponse(f"A request has at most {MOST_BYTES} bytes", 413)
        except ClientDisconnect:
            print(f"POST /invocations: hung up after {len(body)} bytes", flush=True)
            return Response(status_code=400)  # nobody hears it
        answer = await workers[0].answer(bytes(body), dict(request.headers))
        took = 1000 * (time.perf_counter() - began)
        print(f"POST /invocations {answer.status} {len(body)} bytes {took:.1f} ms", flush=True)
        headers = {**answer.headers, "content-type": answer.content_type}
        return Response(answer.body, answer.status, headers)

    routes = [Route("/ping", ping), Route("/invocations", invocations, methods=["POST"])]
    return Starlette(routes=routes, lifespan=running)
