"""A server holds no more requests and bytes than its memory has."""

import pytest


def test_a_place_beyond_the_limit_is_refused_and_a_place_that_ends_is_free_again(monkeypatch):
    from model_server import room

    monkeypatch.setattr(room, "MOST_REQUESTS", 2)
    rooms = room.Room()
    with rooms.place(), rooms.place():
        with pytest.raises(room.Full, match="2 requests wait"), rooms.place():
            pass
    with rooms.place():
        pass


def test_bytes_are_counted_over_all_places_until_these_end(monkeypatch):
    from model_server import room

    monkeypatch.setattr(room, "MOST_BYTES", 3 << 20)
    rooms = room.Room()
    with rooms.place() as first:
        first.grow(2 << 20)
        with rooms.place() as second, pytest.raises(room.Full, match="have 3 MB"):
            second.grow(2 << 20)
        first.grow(1 << 20)
    with rooms.place() as third:
        third.grow(3 << 20)
