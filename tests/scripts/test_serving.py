"""A model is deployed on the course's own image, as notebooks/08 does, for both data sets."""

import io
import tarfile

import pytest

from helpers.container_images import serving_image
from helpers.endpoints import Refused, ask, make_model, serve, wait_in_service
from helpers.predict import Predictor
from helpers.roles import make_role
from helpers.session import client
from tests.made_model import SERVED, make_served, request_of


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
def test_an_endpoint_on_our_own_image_answers_refuses_and_leaves_nothing(
    aws, config, tmp_path, dataset
):
    model, (body, kind) = make_served(tmp_path / "model", dataset), request_of(dataset)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(model, ".")
    aws.store.put(config.bucket, "model.tar.gz", archive.getvalue())
    make_role(config)
    make_model(config, "model", serving_image(config), f"s3://{config.bucket}/model.tar.gz")
    serve(config, "birds", "model", "ml.m5.large")
    wait_in_service(config, "birds")
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
