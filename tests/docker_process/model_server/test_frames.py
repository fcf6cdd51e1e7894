"""Messages come out of a stream as they went in, however it is cut."""

import pytest

MESSAGES = [
    (None, b""),
    ({"content-type": "image/jpeg", "x": "\udc80 half a character"}, b"\x00body"),
    ([200, "text/csv", {}], bytes(range(256)) * 300),
    ("note", b""),
]


def stream():
    from model_server import frames

    return b"".join(frames.head(note, body) + body for note, body in MESSAGES)


@pytest.mark.parametrize("size", [1, 7, 12, 1000, 65_536, 10**6])
def test_pieces_of_any_size_give_the_messages(size):
    from model_server.frames import Reader

    reader, whole = Reader(), stream()
    pieces = [whole[begin : begin + size] for begin in range(0, len(whole), size)]
    assert [message for piece in pieces for message in reader.feed(piece)] == MESSAGES


def test_a_message_comes_as_soon_as_it_is_whole_and_not_before():
    from model_server import frames

    reader, body = frames.Reader(), b"body"
    whole = frames.head("note", body) + body
    assert not list(reader.feed(whole[:-1]))
    assert list(reader.feed(whole[-1:] + whole[:3])) == [("note", body)]
    assert list(reader.feed(whole[3:])) == [("note", body)]
