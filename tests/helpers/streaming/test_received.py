"""Bytes are counted as they are read, from files and from S3's answers."""

import io
from concurrent.futures import ThreadPoolExecutor

from helpers.streaming.received import Received
from tests.s3_server import serve


def test_what_is_read_of_an_opened_part_is_counted_and_not_what_is_left():
    received = Received()
    open_part = received.opener(lambda start, stop: io.BytesIO(bytes(stop - start)))
    body = open_part(10, 110)
    assert len(body.read(30)) == 30 and received.bytes == 30
    assert len(body.read()) == 70 and received.bytes == 100
    body.close()


def test_the_bodies_of_a_clients_answers_are_counted(tmp_path):
    received = Received()
    with serve(tmp_path, "course") as server:
        client = received.watch(server.client())
        client.put_object(Bucket="course", Key="a", Body=bytes(5000))
        assert received.bytes == 0
        part = client.get_object(Bucket="course", Key="a", Range="bytes=0-99")["Body"]
        assert len(part.read()) == received.bytes == 100
        whole = client.get_object(Bucket="course", Key="a")["Body"]
        assert len(whole.read(1000)) == 1000
        whole.close()
    assert received.bytes == 1100


def test_threads_count_together():
    received = Received()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(received.add, [1] * 10_000))
    assert received.bytes == 10_000
