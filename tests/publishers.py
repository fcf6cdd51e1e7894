"""Stand-ins for those who publish the real data sets: a public bucket, and Kaggle."""

import io
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.s3_server import Server, serve

IDS = [f"{n:05d}" for n in range(0, 60, 2)]


@contextmanager
def public_bucket(folder: Path) -> Iterator[Server]:
    """Serve a bucket with the bins of `IDS`."""
    with serve(folder, "aft-vbi-pds") as server:
        for i in IDS:
            server.store.put("aft-vbi-pds", f"bin-images/{i}.jpg", b"photo " * 99 + i.encode())
            server.store.put("aft-vbi-pds", f"metadata/{i}.json", b'{"EXPECTED_QUANTITY": 1}')
        server.seen.clear()
        yield server


def archive(**files: bytes) -> bytes:
    """Return a zip with the files of a competition."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return buffer.getvalue()


BIRDCLEF = archive(
    **{
        "train_metadata.csv": b"primary_label\nabethr1\n",
        "taxonomy.csv": b"primary_label\n",
        "sample_submission.csv": b"row_id\n",
        "train_audio/abethr1/XC1.ogg": b"OggS" * 40_000,
        "train_audio/abethr1/XC2.ogg": b"OggS" * 9,
    }
)


class Kaggle:
    """Answers as Kaggle's download-all does: Basic credentials, then a redirect to storage."""

    def __init__(self, data: bytes = BIRDCLEF):
        self.data, self.asked, self.cut = data, [], 0
        server = make_server("127.0.0.1", 0, self, threaded=True)
        server.log = lambda *_: None
        self.url, self._server = f"http://127.0.0.1:{server.port}", server
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def __call__(self, environ: dict, start_response) -> Iterator[bytes]:
        request = Request(environ)
        if request.path == "/api/v1/competitions/data/download-all/birdclef-2025":
            known = request.authorization and request.authorization.password == "key"
            answer = Response(status=302, headers={"Location": "/storage"})
            return (answer if known else Response(status=401))(environ, start_response)
        self.asked.append(request.headers.get("Range", ""))
        return self._storage(request)(environ, start_response)

    def _storage(self, request: Request) -> Response:
        found = re.match(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start, total = int(found[1]) if found else 0, len(self.data)
        if start >= total:
            return Response(status=416, headers={"Content-Range": f"bytes */{total}"})
        body = self.data[start:]
        headers = {"Content-Length": str(len(body))}
        if found:
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        if self.cut:
            self.cut, body = self.cut - 1, body[:49_152]
        return Response(iter([body]), 206 if found else 200, headers)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
