"""Connections are kept open, and unread bodies do not disturb the next request."""

import http.client
import socket
import threading
import time
from xml.etree import ElementTree

import pytest

from local_aws.wire import http_handler
from local_aws.wire.http_handler import KeepAliveHandler


@pytest.fixture
def connection(cloud):
    """Return an open HTTP connection to the server."""
    made = http.client.HTTPConnection("127.0.0.1", cloud.server.port)
    yield made
    made.close()


def ask(connection, *request) -> tuple[int, bytes]:
    connection.request(*request)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_one_connection_serves_many_requests(connection):
    ask(connection, "PUT", "/birds/a", b"song")
    local = connection.sock.getsockname()
    for _ in range(3):
        assert ask(connection, "GET", "/birds/a") == (200, b"song")
        assert ask(connection, "HEAD", "/birds/a") == (200, b"")
        assert ask(connection, "DELETE", "/birds/none") == (204, b"")
    assert connection.sock.getsockname() == local


def test_a_refused_body_does_not_become_the_next_request(connection):
    status, answer = ask(connection, "PUT", "/none/a", b"GET / HTTP/1.1\r\n\r\n" * 9)
    assert status == 404 and b"NoSuchBucket" in answer
    assert ask(connection, "GET", "/birds/a")[0] == 404


def test_a_client_that_waits_for_100_is_refused_before_it_sends(cloud):
    head = b"PUT /%s/a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", cloud.server.port)) as client:
        client.sendall(head % b"none")
        assert client.recv(4096).startswith(b"HTTP/1.1 404")
    with socket.create_connection(("127.0.0.1", cloud.server.port)) as client:
        client.sendall(head % b"birds")
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"song")
        assert client.recv(4096).startswith(b"HTTP/1.1 200")
    assert cloud.store.read("birds", "a") == b"song"


def test_a_body_without_a_length_may_come_in_http_chunks(cloud, connection):
    connection.request("PUT", "/birds/a", iter([b"so", b"ng"]), encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    assert cloud.store.read("birds", "a") == b"song"


def test_a_body_without_any_length_is_empty_or_refused(connection):
    connection.putrequest("PUT", "/birds/a")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 411 and b"MissingContentLength" in answer.read()


def test_a_client_that_hangs_up_leaves_no_object(cloud):
    head = b"PUT /birds/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", cloud.server.port)) as client:
        client.sendall(head + b"half")
        client.shutdown(socket.SHUT_WR)
        assert b"IncompleteBody" in client.recv(4096)
    assert list(cloud.store.list("birds")) == []
    assert list((cloud.store.side / "drafts").iterdir()) == []


def test_an_application_that_raises_is_a_500(cloud, connection, monkeypatch, caplog):
    monkeypatch.setattr(cloud.store, "info", lambda *name: 1 / 0)
    assert ask(connection, "HEAD", "/birds/a")[0] == 500
    assert "ZeroDivisionError" in caplog.text
    assert ask(connection, "GET", "/birds/a")[0] == 404


def test_a_path_that_is_no_utf8_is_an_invalid_uri(connection):
    assert ask(connection, "GET", "/birds/%ff")[0] in (400, 404)


def test_a_connection_on_which_nothing_comes_is_closed(cloud, monkeypatch):
    monkeypatch.setattr(KeepAliveHandler, "silence", 0.2)
    for begun in (b"", b"GET /birds HTTP/1.1\r\nHost: x\r\n"):
        with socket.create_connection(("127.0.0.1", cloud.server.port), timeout=20) as client:
            client.sendall(begun)
            assert client.recv(4096) == b""
    assert KeepAliveHandler.silence


def is_free(places) -> bool:
    """Say whether there is a place, and leave it."""
    if is_one := places.acquire(blocking=False):
        places.release()
    return is_one


def wait_until(is_so) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_connections_beyond_their_share_of_files_are_sent_away_and_the_others_served(
    cloud, connection, monkeypatch
):
    places = threading.Semaphore(3)
    monkeypatch.setattr(http_handler, "places", lambda: places)
    address = ("127.0.0.1", cloud.server.port)
    assert ask(connection, "HEAD", "/birds/none")[0] == 404
    with socket.create_connection(address), socket.create_connection(address):
        wait_until(lambda: not is_free(places))  # both are accepted
        with socket.create_connection(address, timeout=10) as late:
            assert late.recv(4096).startswith(b"HTTP/1.1 503 ")
        assert ask(connection, "HEAD", "/birds/none")[0] == 404
    wait_until(lambda: is_free(places))
    again = http.client.HTTPConnection(*address)
    assert ask(again, "HEAD", "/birds/none")[0] == 404
    again.close()


@pytest.mark.parametrize("line", [b"GET /%b HTTP/1.1", b"GET", b"{} x y z", b"GET / HTTP/9.9"])
def test_what_is_no_request_is_refused_in_xml(cloud, line):
    line = line.replace(b"%b", b"a" * 70_000)
    with socket.create_connection(("127.0.0.1", cloud.server.port)) as client:
        client.sendall(line + b"\r\nHost: x\r\n\r\n")
        head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(
        b"HTTP/1.1 414" if len(line) > 70_000 else (b"HTTP/1.1 400", b"HTTP/1.1 505")
    )
    assert ElementTree.fromstring(body).findtext("Code") in ("InvalidURI", "InvalidRequest")
