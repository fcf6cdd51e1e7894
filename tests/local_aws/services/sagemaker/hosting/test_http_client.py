"""A server is asked as SageMaker asks it, and what is no answer raises."""

import socket
import threading

import pytest

from local_aws.services.sagemaker.hosting.http_client import (
    LOOPBACK,
    Reservation,
    ask,
    is_healthy,
)


@pytest.fixture
def answering():
    """Return a function that listens on a port and answers one request with some bytes."""
    threads = []

    def answering(data):
        listener = socket.create_server((LOOPBACK, 0))

        def run():
            with listener, listener.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(data)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return listener.getsockname()[1]

    yield answering
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def reply(status, body=b"", **headers):
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_an_answer_has_its_status_type_headers_and_body(answering):
    port = answering(reply(418, b"tea", **{"Content-Type": "a/b", "X-Pot": "1"}))
    answer = ask(port, b"x", {}, 5)
    assert (answer.status, answer.content_type, answer.body) == (418, "a/b", b"tea")
    assert answer.headers["x-pot"] == "1"


@pytest.mark.parametrize(
    "data", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_what_is_no_whole_answer_raises(answering, data):
    with pytest.raises(OSError):
        ask(answering(data), b"x", {}, 5)


@pytest.mark.parametrize("status, healthy", [(200, True), (503, False), (404, False)])
def test_only_200_is_healthy(answering, status, healthy):
    assert is_healthy(answering(reply(status))) == healthy


def test_a_port_that_nobody_listens_on_is_not_healthy_and_can_be_listened_on():
    reservation = Reservation()
    assert not is_healthy(reservation.port)
    with socket.create_server((LOOPBACK, reservation.port)):  # it sets SO_REUSEADDR
        with pytest.raises(OSError):
            ask(reservation.port, b"x", {}, 0.2)
    reservation.let_go()
    reservation.let_go()


def test_two_reservations_are_two_ports():
    reservations = [Reservation() for _ in range(8)]
    assert len({each.port for each in reservations}) == 8
    for each in reservations:
        each.let_go()
