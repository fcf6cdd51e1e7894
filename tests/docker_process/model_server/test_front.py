"""However an invocation comes over a connection, it is answered the same way, and in order."""

import asyncio
import json
import socket
import time
from unittest.mock import Mock

import pytest

from tests.docker_process.conftest import SCRIPT

NAMED = SCRIPT.replace(
    "def output_fn(prediction, accept):", "def output_fn(prediction, accept, c):"
)
NAMED = NAMED.replace(
    'return json.dumps(prediction), "application/json"',
    """text = json.dumps(prediction)
    c.set_response_header(0, "X-Size", str(prediction["bytes"]))
    return text, "application/json" """,
)


def message(body: bytes, *lines: str, version: str = "1.1", path: str = "/invocations") -> bytes:
    fields = [f"POST {path} HTTP/{version}", "Host: x", f"Content-Length: {len(body)}", *lines]
    return "\r\n".join([*fields, "", ""]).encode() + body


@pytest.fixture
def connect(start):
    """Return a function that opens a connection to a server."""
    server, opened = start().wait_until_healthy(), []

    def connect():
        opened.append(socket.create_connection(("127.0.0.1", server.port), timeout=20))
        opened[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def read(connection) -> tuple[int, dict[str, str], bytes]:
    """Return the only answer's status, headers and body."""
    with connection.makefile("rb") as stream:
        return read_from(stream)


def read_from(stream) -> tuple[int, dict[str, str], bytes]:
    """Return the next answer's."""
    status = int(stream.readline().split()[1])
    lines = iter(lambda: stream.readline().decode().strip(), "")
    fields = dict(line.lower().split(": ", 1) for line in lines)
    return status, fields, stream.read(int(fields["content-length"]))


def size(answer: tuple[int, dict[str, str], bytes]) -> int:
    assert answer[0] == 200 and answer[1]["content-type"] == "application/json"
    return json.loads(answer[2])["bytes"]


def sent(connection, *pieces: bytes) -> None:
    for piece in pieces:
        connection.sendall(piece)
        time.sleep(0.05)


def test_head_and_body_may_come_at_once_or_in_pieces(connect):
    connection = connect()
    for number in (0, 1, 5_000, 42_000, 600_000):
        whole = message(bytes(number))
        begin = len(whole) - number
        for pieces in ([whole], [whole[:20], whole[20:]], [whole[:begin], whole[begin:]]):
            sent(connection, *pieces)
            assert size(read(connection)) == number


@pytest.mark.parametrize("cut, way", [(None, "short"), (70, "usual")])
def test_one_that_comes_at_once_goes_the_short_way(cut, way):
    from model_server.front import Front
    from model_server.program import Answer
    from uvicorn import Config
    from uvicorn.server import ServerState

    class App:
        def invoke(self, headers, body, done):
            ways.append("short")
            done(Answer(200, body))

        async def __call__(self, scope, receive, send):
            ways.append("usual")

    async def run():
        config = Config(App(), proxy_headers=False, access_log=False)
        config.load()
        front = Front(config, ServerState(), {})
        front.connection_made(Mock(is_closing=lambda: False, get_extra_info=lambda name: None))
        whole = message(b"x" * 50)
        for piece in [whole] if cut is None else [whole[:cut], whole[cut:]]:
            front.data_received(piece)
            await asyncio.sleep(0)
        front.connection_lost(None)

    ways = []
    asyncio.run(run())
    assert ways == [way]


def test_a_body_in_chunks_arrives_whole(connect):
    connection, head = connect(), b"POST /invocations HTTP/1.1\r\nHost: x\r\n"
    sent(connection, head + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert size(read(connection)) == 5


def test_requests_that_do_not_wait_for_an_answer_are_answered_in_their_order(connect):
    connection = connect()
    sent(connection, b"".join(message(b"sleep0.1".ljust(number + 10)) for number in range(4)))
    with connection.makefile("rb") as stream:
        assert [size(read_from(stream)) for _ in range(4)] == [10, 11, 12, 13]


def test_one_that_asks_for_the_connections_end_gets_it_with_the_answer(connect):
    for more in ({"version": "1.0"}, {}):
        connection = connect()
        sent(connection, message(b"abc", *([] if more else ["Connection: close"]), **more))
        status, fields, _ = read(connection)
        assert (status, fields["connection"]) == (200, "close")
        assert connection.recv(1) == b""


def test_one_that_expects_to_be_told_to_go_on_is_told(connect):
    connection, whole = connect(), message(b"abc", "Expect: 100-continue")
    sent(connection, whole[:-3])
    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    sent(connection, whole[-3:])
    assert size(read(connection)) == 3


def test_another_path_and_no_http_are_refused(connect):
    connection = connect()
    sent(connection, message(b"abc", path="/elsewhere"))
    assert connection.recv(1000).startswith(b"HTTP/1.1 404")
    sent(connection, b"nonsense\r\n\r\n")
    assert connection.recv(1000).startswith(b"HTTP/1.1 400")


def test_one_that_hangs_up_before_its_answer_harms_no_other(connect):
    connection = connect()
    sent(connection, message(b"sleep 0.3"))
    connection.close()
    other = connect()
    sent(other, message(b"abc"))
    assert size(read(other)) == 3


def test_a_header_of_the_models_comes_with_the_answer(base, start):
    (base / "model/code/inference.py").write_text(NAMED)
    server = start().wait_until_healthy()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        for number in (3, 4):
            sent(connection, message(bytes(number)))
            answer = read(connection)
            assert size(answer) == number and answer[1]["x-size"] == str(number)


@pytest.mark.parametrize("kind", ["a\\nb", "\u017e"])
def test_a_content_type_that_no_header_takes_is_the_servers_error(base, start, kind):
    script = SCRIPT.replace('"application/json"', f'"{kind}"')
    (base / "model/code/inference.py").write_text(script)
    server = start().wait_until_healthy()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        sent(connection, message(b"abc"))
        assert connection.recv(1000)[:12] in (b"HTTP/1.1 500", b"")
    assert server.ping() == 200
