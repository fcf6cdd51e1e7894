"""Walls around a test: it may look up and reach this machine alone."""

import socket

import pytest

LOOPBACK = ("127.0.0.1", "localhost", "::1", None)


@pytest.fixture
def walls(monkeypatch):
    """Refuse every name and address but loopback, and fail the test if one was asked for."""
    asked, look, connect = [], socket.getaddrinfo, socket.socket.connect

    def look_within(host, *rest, **more):
        if host not in LOOPBACK:
            asked.append(host)
            raise socket.gaierror(f"{host} is outside")
        return look(host, *rest, **more)

    def connect_within(self, address):
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            asked.append(address)
            raise OSError(f"{address} is outside")
        return connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", look_within)
    monkeypatch.setattr(socket.socket, "connect", connect_within)
    yield asked
    assert not asked
