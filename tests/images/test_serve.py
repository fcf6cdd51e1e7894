"""`serve` answers for both data sets in a Python with what its image has, and nothing else."""

import json

import pytest

from helpers.predict import Predictor
from tests.made_model import SERVED, make_served, request_of
from tests.made_server import MadeServer
from tools.image_venvs import python


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
def test_an_endpoint_of_the_image_answers_as_offline(dataset, tmp_path):
    if (path := python("processing")) is None:
        pytest.skip("the Python of the processing image is not built: make images")
    model, (body, kind) = make_served(tmp_path / "model", dataset), request_of(dataset)
    server = MadeServer(tmp_path, str(path), PATH="/usr/bin:/bin")
    try:
        status, answer = server.wait_until_healthy().ask(body, Content_Type=kind)
    finally:
        server.stop()
    assert status == 200, server.log
    offline = Predictor.load(model).predict(body)["probabilities"]
    assert json.loads(answer)["probabilities"] == pytest.approx(offline, abs=1e-5)
