"""Nothing that a client sends is the server's error, and nothing of it stays in memory."""

import gc
import json
from collections import Counter

import numpy as np
import psutil
import pytest

from tests import hostile
from tests.made_shards import LABELS
from tests.scripts.test_inference import endpoint  # noqa: F401
from tests.sounds import chirp, hush, placed

CARDS = {"birds": {"store": "ogg"}, "bins": {"store": "jpg", "size": 32}}
KEPT_MB = 150
"""What allocators and ONNX Runtime keep of the largest request; a decoded bomb has gigabytes."""
GROWN_MB = 25
"""What a second round may add to it."""


def check(model, payload: hostile.Payload) -> int:
    """Send a payload, hold its answer against what it has to be, and return the status."""
    answer = model(payload.body, payload.content_type)
    message = f"{payload.name}: {model.status} {answer[:200]}"
    assert model.status == 200 or 400 <= model.status < 500, message
    assert payload.answer != "4xx" or model.status != 200, message
    assert payload.answer not in ("200", "half") or model.status == 200, message
    if model.status != 200:
        assert len(answer) > 10 and "Traceback" not in answer, message
        return model.status
    answers = json.loads(answer)
    each = answers.get("predictions", [answers])
    assert payload.answer != "half" or ["error" in one for one in each] == [False, True], message
    for one in each:
        if "error" not in one:
            chances = [one["probabilities"][label] for label in LABELS]
            assert np.isfinite(chances).all() and sum(chances) == pytest.approx(1), message
    return 200


def memory() -> float:
    """Return this process's memory in MB, without what nothing holds any more."""
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def test_there_are_five_hundred_of_them():
    assert sum(len(hostile.payloads(dataset)) for dataset in CARDS) >= 500


@pytest.mark.parametrize("dataset", CARDS)
def test_a_hostile_payload_gets_a_4xx_or_a_right_answer_and_leaves_no_memory(
    endpoint,  # noqa: F811
    dataset,
):
    model, payloads = endpoint(dataset, **CARDS[dataset]), hostile.payloads(dataset)
    for payload in payloads[::5]:  # what is loaded once is loaded now
        check(model, payload)
    sizes = [memory()]
    for _ in range(2):
        statuses = Counter(check(model, payload) for payload in payloads)
        sizes.append(memory())
    assert sizes[1] - sizes[0] < KEPT_MB and sizes[2] - sizes[1] < GROWN_MB
    assert statuses[200] > 20 and statuses[400] > 100 and statuses[415] > 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("dataset", CARDS)
def test_a_fuzzers_files_get_a_4xx_or_an_answer(endpoint, dataset, seed):  # noqa: F811
    model = endpoint(dataset, **CARDS[dataset])
    for payload in hostile.payloads(dataset, seed, mutations=300)[-300:]:
        check(model, payload)


@pytest.mark.slow
def test_twenty_minutes_of_sound_are_answered_and_leave_no_memory(endpoint):  # noqa: F811
    model, quiet = endpoint("birds", store="ogg"), hush(1200)
    body = hostile.sound(placed(chirp(1), 1190, quiet), "audio/ogg", samplerate=32_000)
    before = memory()
    answer = json.loads(model(body, "audio/ogg"))
    assert answer["seconds"] == 1200 and answer["windows"][-1]["end"] > 1190
    assert memory() - before < KEPT_MB
