"""`serve` answers for both data sets in a Python with what its image has, and nothing else."""

import json

import pytest

from helpers.predict import Predictor
from tests.image_python import interpreter
from tests.made_model import SERVED, make_served, request_of
from tests.made_server import MadeServer


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
@pytest.mark.parametrize("image", ["own"])
def test_an_endpoint_of_the_image_answers_as_offline(image, dataset, tmp_path):
    path = interpreter(image)
    model, (body, kind) = make_served(tmp_path / "model", dataset), request_of(dataset)
    server = MadeServer(tmp_path, str(path), PATH="/usr/bin:/bin")
    try:
        status, answer = server.wait_until_healthy().ask(body, Content_Type=kind)
    finally:
        server.stop()
    assert status == 200, server.log
    offline = Predictor.load(model).predict(body)["probabilities"]
    assert json.loads(answer)["probabilities"] == pytest.approx(offline, abs=1e-5)
