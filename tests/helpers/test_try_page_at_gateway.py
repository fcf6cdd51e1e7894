"""The page as it is deployed: from the gateway, in a browser, with the endpoint's real answers."""

from dataclasses import replace

import pytest

from helpers.datasets import load_dataset
from helpers.gateway import key_value, make_gateway
from helpers.predict import Predictor
from helpers.try_page import make_page
from tests.browser import browser
from tests.made_model import SERVED, request_of, serve_made
from tests.page_visit import Visit


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SERVED)
def test_the_gateways_page_asks_the_endpoint(aws, config, tmp_path, dataset):
    config = replace(config, dataset=dataset)
    model = serve_made(aws, config, tmp_path / "model", dataset, dataset)
    body, kind = request_of(dataset)
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
