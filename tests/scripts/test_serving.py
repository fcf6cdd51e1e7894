"""A model is deployed on the course's own image, as notebooks/08 does, for both data sets."""

import pytest

from helpers.endpoints import Refused, ask
from helpers.predict import Predictor
from helpers.session import client
from tests.made_model import SERVED, request_of, serve_made


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
def test_an_endpoint_on_our_own_image_answers_refuses_and_leaves_nothing(
    aws, config, tmp_path, dataset
):
    model = serve_made(aws, config, tmp_path / "model", dataset, "birds")
    body, kind = request_of(dataset)
    offline = Predictor.load(model).predict(body)["probabilities"]
    assert ask(config, "birds", body, kind)["probabilities"] == pytest.approx(offline, abs=1e-4)
    with pytest.raises(Refused, match="ModelError: Content type 'image/gif' is not one of"):
        ask(config, "birds", body, "image/gif")
    with pytest.raises(Refused, match="ModelError: Can't use this"):
        ask(config, "birds", b"nonsense", kind)
    group = "/aws/sagemaker/Endpoints/birds"
    events = client(config, "logs").filter_log_events(logGroupName=group)["events"]
    log = "\n".join(event["message"] for event in events)
    assert "POST /invocations 200" in log and "POST /invocations 415" in log
    assert str(aws.context.state) not in log and "/opt/ml/model" in log
    client(config, "sagemaker").delete_endpoint(EndpointName="birds")
    assert not list((aws.context.state / "instances").glob("endpoint-*"))
