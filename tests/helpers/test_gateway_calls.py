"""Callers are answered by the model, and learn who refused them."""

import pytest

from helpers.gateway import Limits, key_value, make_gateway
from helpers.gateway_calls import ask_by_key, ask_signed
from tests.local_aws.services.apigateway.doors import SCRIPT
from tests.local_aws.services.sagemaker.hosting.models import Hosting, archive

KIND = "audio/ogg"


@pytest.fixture
def gateway(aws, client, config):
    """Return a gateway before a tiny model."""
    Hosting(aws, client).create(archive(SCRIPT))
    return make_gateway(config, "endpoint", "page", Limits(per_day=4))


def test_each_caller_hears_who_answered(config, gateway):
    key = key_value(config, gateway)
    signed, keyed = ask_signed(config, gateway, b"\xff\x00", KIND), None
    assert (signed.status, signed.refused_by) == (200, "")
    keyed = ask_by_key(gateway, b"\xff\x00", KIND, key)
    assert keyed.content == signed.content
    refused = ask_by_key(gateway, b"status=429", KIND, key)
    assert (refused.status, refused.refused_by) == (429, "the model")
    ask_by_key(gateway, b"x", KIND, key)
    over = ask_by_key(gateway, b"x", KIND, key)
    assert (over.status, over.content["message"]) == (429, "Limit Exceeded")
    assert over.refused_by == "the gateway" and over.kind == "LimitExceededException"
    wrong = ask_by_key(gateway, b"x", KIND, "wrong")
    assert (wrong.status, wrong.refused_by) == (403, "the gateway")
    assert ask_by_key(gateway, b"x", KIND, None) == wrong


def test_an_endpoint_that_is_not_there_is_named_as_the_one_that_refused(config):
    gateway = make_gateway(config, "nobody", "page")
    reply = ask_signed(config, gateway, b"x", KIND)
    assert (reply.status, reply.refused_by) == (503, "the endpoint")
