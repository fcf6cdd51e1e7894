"""A large file arrives whole: after breaks, refusals that pass, and a part of another file."""

import re
import threading
from pathlib import Path

import pytest
import requests
from werkzeug import Request, Response
from werkzeug.serving import make_server

from helpers.datasets import download

DATA = bytes(range(256)) * 400


class Files:
    """Serves DATA with ranges; `answers` are given first, one a request."""

    def __init__(self):
        self.asked, self.answers = [], []
        self.server = make_server("127.0.0.1", 0, self, threaded=True)
        self.server.log = lambda *_: None
        self.url = f"http://127.0.0.1:{self.server.port}/file"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __call__(self, environ, start_response):
        wanted = Request(environ).headers.get("Range", "")
        self.asked.append(wanted)
        return self.answer(wanted)(environ, start_response)

    def answer(self, wanted: str) -> Response:
        if self.answers:
            return Response(status=self.answers.pop(0))
        start = int(re.match(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        if start >= len(DATA):
            return Response(status=416, headers={"Content-Range": f"bytes */{len(DATA)}"})
        where = {"Content-Range": f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"}
        return Response(DATA[start:], 206 if wanted else 200, where if wanted else {})


@pytest.fixture
def files(monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda _: None)
    served = Files()
    yield served
    served.server.shutdown()
    served.server.server_close()


def fetch(files: Files, path: Path) -> bytes:
    with requests.Session() as http:
        download.download(http, files.url, path)
    assert not path.with_name(f"{path.name}.part").exists()
    return path.read_bytes()


@pytest.mark.parametrize("part", [b"", DATA[:1000], DATA[:-1], DATA])
def test_what_is_there_is_kept_and_the_rest_is_asked_for(files, tmp_path, part):
    (tmp_path / "file.part").write_bytes(part)
    assert fetch(files, tmp_path / "file") == DATA
    assert files.asked == [f"bytes={len(part)}-" if part else ""]


def test_a_part_of_a_longer_file_is_thrown_away(files, tmp_path):
    (tmp_path / "file.part").write_bytes(DATA + b"more")
    assert fetch(files, tmp_path / "file") == DATA
    assert files.asked == [f"bytes={len(DATA) + 4}-", ""]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_that_passes_is_tried_again(files, tmp_path, status):
    files.answers = [status, status]
    assert fetch(files, tmp_path / "file") == DATA


def test_a_refusal_that_stays_says_so(files, tmp_path):
    files.answers = [503] * download.TRIES
    with pytest.raises(ConnectionError, match="0 bytes are kept: run it again"):
        fetch(files, tmp_path / "file")


def test_what_is_not_there_is_not_tried_again(files, tmp_path):
    files.answers = [404]
    with pytest.raises(requests.HTTPError, match="404"):
        fetch(files, tmp_path / "file")
    assert len(files.asked) == 1
