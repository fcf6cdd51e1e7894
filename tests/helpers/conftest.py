"""Walls around a test, which may reach this machine alone; and predictors of untrained networks."""

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


@pytest.fixture(scope="module")
def birds(tmp_path_factory):
    """Return a predictor of clips with an untrained network."""
    return _predictor(tmp_path_factory, "birds", store="flac")


@pytest.fixture(scope="module")
def bins(tmp_path_factory):
    """Return a predictor of photos with an untrained network."""
    return _predictor(tmp_path_factory, "bins", store="jpg", size=32)


def _predictor(factory, dataset, **card):
    from helpers.predict import Predictor  # here: most tests of this folder need no torch
    from tests.made_model import make_artifact

    return Predictor.load(make_artifact(factory.mktemp("model"), dataset, **card))
