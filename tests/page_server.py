"""A server that speaks as the API Gateway before an endpoint does, for tests of the page."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from helpers.payloads import BadRequest, answer
from helpers.predict import Predictor

KEY = "a-key-of-twenty-letters"
JSON = "application/json"


class PageServer:
    """The page at its root, with or without a slash, and the model below `/prod/try`."""

    def __init__(self, page: bytes, model: Predictor):
        self.page, self.model = page, model
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        """Path, headers and body of each POST."""
        self.reply: tuple[int, str] | None = None
        """Status and text of the next answers, instead of the model's."""
        self.hold = threading.Event()
        """Cleared, answers wait for it."""
        self.hold.set()
        self.address = ""

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """Return status and text, as the gateway words them."""
        if headers.get("x-api-key") != KEY:
            return 403, '{"message":"Forbidden"}'
        if self.reply:
            return self.reply
        try:
            return 200, answer(self.model, body, headers["content-type"]).to_json()
        except BadRequest as error:
            return error.status, json.dumps({"message": str(error), "from": "model"})


@contextmanager
def serving(page: bytes, model: Predictor):
    """Serve a page and its model on a free port."""
    state = PageServer(page, model)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: object) -> None:
            """Print nothing."""

        def respond(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            there = self.path in ("/prod", "/prod/")
            body = state.page if there else b'{"message":"Missing Authentication Token"}'
            self.respond(200 if there else 403, body, "text/html; charset=utf-8" if there else JSON)

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            state.requests.append((self.path, headers, body))
            state.hold.wait(20)
            status, text = state.answer(headers, body)
            try:
                self.respond(status, text.encode(), JSON)
            except ConnectionError:
                pass  # the page did not wait

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}/prod"
    try:
        yield state
    finally:
        state.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
