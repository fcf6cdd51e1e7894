"""The page as it is deployed: from the gateway, in a browser, with the endpoint's real answers."""

import io
import tarfile
from dataclasses import replace

import pytest

from helpers.container_images import serving_image
from helpers.datasets import load_dataset
from helpers.endpoints import make_model, serve, wait_in_service
from helpers.gateway import key_value, make_gateway
from helpers.predict import Predictor
from helpers.roles import make_role
from helpers.try_page import make_page
from tests.browser import browser
from tests.made_model import SERVED, make_served, request_of
from tests.page_visit import Visit


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
def test_the_gateways_page_asks_the_endpoint(aws, config, tmp_path, dataset):
    config = replace(config, dataset=dataset)
    model, (body, kind) = make_served(tmp_path / "model", dataset), request_of(dataset)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(model, ".")
    aws.store.put(config.bucket, "model.tar.gz", archive.getvalue())
    make_role(config)
    make_model(config, "model", serving_image(config), f"s3://{config.bucket}/model.tar.gz")
    serve(config, dataset, "model", "ml.m5.large")
    wait_in_service(config, dataset)
    gateway = make_gateway(config, dataset, make_page(load_dataset(dataset), {}))
    offline = Predictor.load(model).predict(body)
    with browser() as chromium:
        here = Visit(chromium, gateway.page)
        here.choose("mine", kind, body)
        here.ask("x" * 20)
        assert "This key is not accepted" in here.fault()
        here.ask(key_value(config, gateway))
        here.answer()
        title = "All counts" if dataset == "bins" else "All classes"
        shares = {row[0]: row[-1] for row in here.rows(title)}
        assert shares == {
            label: f"{round(100 * share)}%" for label, share in offline["probabilities"].items()
        }
        here.choose("broken", kind, body[:20])
        here.ask(key_value(config, gateway))
        assert f"Can't use this {kind}" in here.fault(), "the model's own reason"
        assert not here.errors
