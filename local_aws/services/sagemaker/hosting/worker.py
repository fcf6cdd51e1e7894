"""Serves one model on one loopback port, as AWS's old framework images do; run as a plain script.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
The user's `inference.py` runs under the very toolkit that AWS's PyTorch container uses. It listens
once the model is loaded.
"""

import argparse
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagemaker_inference.transformer import Transformer


class Request:
    """What the toolkit asks of the server it runs under: one request's properties, its answer's."""

    def __init__(self, model_dir: str, headers: dict[str, str]):
        self.system_properties = {"model_dir": model_dir}
        self.request_processor = [self]
        self._headers = headers
        self.status, self.content_type = 200, "application/json"

    def get_request_properties(self) -> dict[str, str]:
        return self._headers

    def set_response_status(self, code: int = 200, phrase: str = "") -> None:
        self.status = code

    def set_response_content_type(self, position: int, content_type: str) -> None:
        self.content_type = content_type


class Server(ThreadingHTTPServer):
    """A server with room for clients that come at once: the usual 5 are too few for a load test."""

    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    """`GET /ping` and `POST /invocations`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    transformer: "Transformer"
    model_dir: str
    # A container's worker does one prediction at a time.
    turn = threading.Lock()

    def do_GET(self) -> None:
        self._reply(200 if self.path == "/ping" else 404, "application/json", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        names = ("Content-Type", "Accept", "X-Amzn-SageMaker-Custom-Attributes")
        headers = {name: self.headers[name] for name in names if self.headers[name]}
        request = Request(self.model_dir, headers)
        with self.turn:
            answer = self.transformer.transform([{"body": body}], request)[0]
        if request.status >= 400:
            # The traceback is for the log, its first lines are for the caller.
            print(answer, file=sys.stderr, flush=True)
            answer = answer.partition("\nTraceback")[0]
        data = answer if isinstance(answer, bytes) else str(answer).encode()
        kind = request.content_type if request.status < 400 else "text/plain"
        self._reply(request.status, kind, data)

    def _reply(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        print(f"{self.command} {self.path} {args[2]}", flush=True)


def main() -> None:
    # Here: the server looks into this module for engines, and the toolkit brings SciPy.
    from sagemaker_inference.transformer import Transformer

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-dir", required=True, help="the extracted model archive")
    parser.add_argument("--port", required=True, type=int, help="where to listen")
    args = parser.parse_args()
    code = os.path.join(args.model_dir, "code")
    sys.path.insert(0, code)
    Handler.model_dir = args.model_dir
    Handler.transformer = Transformer()
    Handler.transformer.validate_and_initialize(args.model_dir, Request(args.model_dir, {}))
    Server(("127.0.0.1", args.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
