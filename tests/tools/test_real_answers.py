"""Each file's answer is held against offline prediction, and one that differs is seen."""

import http.server
import json
import subprocess
import sys
import threading

import pytest

from helpers.endpoints import Refused
from tests.made_model import make_artifact
from tests.places import ROOT
from tools.real_answers import MOST_BYTES, by_http, compare, media


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with photos of the sample data, a broken one and a text."""
    from helpers.datasets import load_dataset

    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("folder")
    load_dataset("bins").make_sample(made, images=12)
    for path in sorted(made.rglob("*.jpg"))[:3]:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "broken.jpg").write_bytes(b"no photo")
    (folder / "notes.txt").write_text("no photo either")
    return folder


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    """Return a predictor of photos with an untrained network."""
    from helpers.predict import Predictor

    made = make_artifact(tmp_path_factory.mktemp("model"), "bins", store="jpg", size=32)
    return Predictor.load(made)


def as_endpoint(predictor, **change):
    """Return what answers as an endpoint does: in JSON, and with a refusal's reason."""

    def ask(data, content_type):
        try:
            return json.loads(json.dumps({**predictor.predict(data), **change}))
        except ValueError as error:
            raise Refused(f"ModelError: {error}") from None

    return ask


def test_the_files_that_a_data_set_takes_are_found_by_their_type(folder):
    assert "broken.jpg" in [path.name for path in media(folder, "bins")]
    assert len(media(folder, "bins")) == 4 and not media(folder, "birds")


def test_an_equal_answer_and_a_refusal_by_both_are_told(folder, predictor):
    results = {p.name: compare(p, predictor, as_endpoint(predictor)) for p in media(folder, "bins")}
    assert results.pop("broken.jpg").result.startswith("refused by both: ")
    assert [each.result for each in results.values()] == ["equal"] * 3


def test_a_digit_more_or_a_refusal_of_one_alone_differs(folder, predictor):
    photo = next(path for path in media(folder, "bins") if path.name != "broken.jpg")
    count = predictor.predict(photo.read_bytes())["expected_count"]
    near = as_endpoint(predictor, expected_count=count + 1e-15)
    assert compare(photo, predictor, near).differs

    def refuse(data, content_type):
        raise Refused("ModelError: busy")

    assert compare(photo, predictor, refuse).differs
    assert compare(folder / "broken.jpg", predictor, refuse).differs
    assert compare(folder / "broken.jpg", predictor, lambda *_: {"label": "0"}).differs


def test_what_no_request_may_hold_is_told_and_not_sent(tmp_path, predictor):
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(MOST_BYTES + 1))
    assert compare(large, predictor, None).result == "too large for a request"


def test_a_file_goes_to_an_address_with_its_type_and_the_headers(predictor):
    seen = []

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.headers["x-api-key"], self.headers["Content-Type"]))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200 if body == b"photo" else 413)
            self.end_headers()
            self.wfile.write(b'{"label": "0"}')

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ask = by_http(f"http://127.0.0.1:{server.server_port}/", ["x-api-key: k"])
        assert ask(b"photo", "image/jpeg") == {"label": "0"}
        with pytest.raises(Refused, match="413"):
            ask(b"more", "image/jpeg")
        server.shutdown()
    assert seen == [("k", "image/jpeg")] * 2


@pytest.mark.slow
@pytest.mark.parametrize("way", [[], ["--gateway"]], ids=["endpoint", "gateway"])
def test_a_real_endpoint_answers_a_folder_as_offline_prediction_does(folder, way):
    command = [sys.executable, "-m", "tools.real_answers", str(folder), *way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bins: 4 files; 3 equal, 1 refused by both" in done.stdout
