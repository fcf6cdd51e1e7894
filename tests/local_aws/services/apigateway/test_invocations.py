"""Callers of a REST API get what its methods let them have, and are refused in AWS's words."""

import hashlib

from tests.local_cloud import make_client

SOUND = bytes(range(256)) * 40


def refusal(reply):
    return reply.status_code, reply.json()["message"]


def test_a_signed_sound_comes_to_the_model_as_it_is(model_door):
    reply = model_door.ask_signed(SOUND)
    assert reply.status_code == 200 and reply.headers["Content-Type"] == "application/json"
    runtime = make_client(model_door.aws, "sagemaker-runtime")
    direct = runtime.invoke_endpoint(EndpointName="endpoint", Body=SOUND, ContentType="audio/ogg")
    assert reply.content == direct["Body"].read()
    assert reply.json() == {"sha256": hashlib.sha256(SOUND).hexdigest(), "kind": "audio/ogg"}


def test_a_key_lets_the_same_sound_in(model_door):
    assert model_door.ask(SOUND).json()["sha256"] == hashlib.sha256(SOUND).hexdigest()


def test_a_type_that_is_not_binary_is_read_as_text(model_door):
    sent = model_door.ask(SOUND, "audio/unknown").json()["sha256"]
    assert sent == hashlib.sha256(SOUND.decode(errors="replace").encode()).hexdigest()
