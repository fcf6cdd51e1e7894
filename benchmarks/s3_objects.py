"""Measure the local S3's object plane against a bare loopback server, with the same boto3 client.

    python -m benchmarks.s3_objects [--objects 1000] [--bytes 30000]

The bare server reads each request and answers from memory: its rate is the client's bound.
"""

import argparse
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import boto3
import psutil
from botocore.config import Config
from werkzeug.serving import make_server

from local_aws.services.s3.app import S3App
from local_aws.state.objects.store import ObjectStore
from local_aws.wire.http_handler import KeepAliveHandler

MB = 1 << 20
BUCKET = "birds"
ROUNDS = 5


def serve_ours(port: Connection, folder: str, size: int) -> None:
    """Serve the object plane from a folder; send the port first."""
    store = ObjectStore(Path(folder) / "s3")
    store.create_bucket(BUCKET)
    server = make_server(
        "127.0.0.1", 0, S3App(store, None), threaded=True, request_handler=KeepAliveHandler
    )
    port.send(server.port)
    server.serve_forever()


def serve_bare(port: Connection, folder: str, size: int) -> None:
    """Answer every PUT with nothing and every GET with `size` bytes from memory."""
    listener = socket.create_server(("127.0.0.1", 0))
    port.send(listener.getsockname()[1])
    body = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (size, os.urandom(size))
    while True:
        connection = listener.accept()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=answer, args=(connection, body), daemon=True).start()


def answer(connection: socket.socket, body: bytes) -> None:
    """Answer the requests of one connection."""
    stream = connection.makefile("rb")
    while line := stream.readline():
        length, header = 0, b"-"
        while header := stream.readline().strip():
            name, _, value = header.lower().partition(b":")
            if name == b"content-length":
                length = int(value)
            if name == b"expect":
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        stream.read(length)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" if line.startswith(b"PUT") else body
        )


@contextmanager
def running(serve: Callable, size: int) -> Iterator[tuple[str, psutil.Process]]:
    """Run a server in a separate process; yield its URL and the process."""
    with tempfile.TemporaryDirectory() as folder:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.Process(target=serve, args=(there, folder, size), daemon=True)
        process.start()
        yield f"http://127.0.0.1:{here.recv()}", psutil.Process(process.pid)
        process.terminate()
        process.join()


def per_second(call: Callable[[int], object], count: int) -> float:
    """Return calls a second."""
    start = time.perf_counter()
    for number in range(count):
        call(number)
    return count / (time.perf_counter() - start)


def client(url: str) -> object:
    """Return a boto3 client of a server."""
    names = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=url, config=Config(max_pool_connections=1), **names)


def objects(s3: object, count: int, body: bytes) -> dict[str, float]:
    """Return puts and gets a second of objects with this body."""
    bucket = {"Bucket": BUCKET}
    s3.put_object(**bucket, Key="first", Body=body)
    puts = per_second(lambda n: s3.put_object(**bucket, Key=f"raw/{n}", Body=body), count)
    gets = per_second(lambda n: s3.get_object(**bucket, Key=f"raw/{n}")["Body"].read(), count)
    return {"puts": puts, "gets": gets}


def median(rounds: tuple[dict[str, float], ...]) -> dict[str, float]:
    """Return the median rates of several rounds."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def large(s3: object, megabytes: int) -> dict[str, float]:
    """Return MB a second of one upload by parts and one download."""
    with tempfile.TemporaryDirectory() as folder:
        source, back = f"{folder}/source", f"{folder}/back"
        Path(source).write_bytes(os.urandom(MB) * megabytes)
        up = per_second(lambda n: s3.upload_file(source, BUCKET, "big"), 1)
        down = per_second(lambda n: s3.download_file(BUCKET, "big", back), 1)
    return {"upload": up * megabytes, "download": down * megabytes}


def main(count: int, size: int) -> None:
    """Print the table."""
    body = os.urandom(size)
    with running(serve_bare, size) as (bare_url, _), running(serve_ours, size) as (url, server):
        s3, bare = client(url), client(bare_url)
        # In turns, so that other load on the machine slows both alike.
        rounds = [
            [objects(each, count // ROUNDS, body) for each in (s3, bare)] for _ in range(ROUNDS)
        ]
        spent = sum(server.cpu_times()[:2]) / (ROUNDS * 2 * (count // ROUNDS))
        ours, bound = (median(side) for side in zip(*rounds, strict=True))
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        listed = per_second(lambda n: [page["KeyCount"] for page in pages], 1)
        streams = large(s3, 300)
    print(f"{count} objects of {size} bytes, one boto3 client, one connection")
    print(f"{'':10}{'local S3':>10}{'bare server':>13}{'share':>8}")
    for name, rate in ours.items():
        print(f"{name + '/s':10}{rate:10.0f}{bound[name]:13.0f}{rate / bound[name]:8.0%}")
    print(f"the local S3's CPU time: {1000 * spent:.2f} ms a request")
    print(f"a listing of all, by pages: {1000 / listed:.0f} ms")
    for name, rate in streams.items():
        print(f"{name} of 300 MB: {rate:.0f} MB/s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=sys.modules[__name__].__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=1000, help="how many objects to put and get")
    parser.add_argument("--bytes", type=int, default=30_000, help="bytes of an object")
    chosen = parser.parse_args()
    main(chosen.objects, chosen.bytes)
