"""What a request may hold, and what its answer says."""

import base64
import csv
import json

import numpy as np
import pytest

from helpers import payloads
from helpers.payloads import BadRequest, answer, answer_type
from tests.made_shards import LABELS, clip, photo

PHOTO = photo(1, np.random.default_rng(0))


def instance(data: bytes, **fields: object) -> dict:
    """Return an object as a batch holds it."""
    return {"data": base64.b64encode(data).decode(), **fields}


def batch(*instances: object) -> bytes:
    """Return the body of a batch."""
    return json.dumps({"instances": instances}).encode()


def test_a_batch_is_answered_in_order_and_an_odd_object_ends_nothing(bins):
    odd = [
        ({"data": 1}, 400, "An instance is"),
        ("text", 400, "An instance is"),
        ({"data": "?"}, 400, "no base64"),
        (instance(b""), 400, "no data"),
        (instance(PHOTO, size=3), 400, "not 'size'"),
        (instance(PHOTO, content_type=3), 400, "is a text"),
        (instance(PHOTO, content_type="image/gif"), 415, "is not one of image/jpeg"),
        (instance(PHOTO[:90]), 400, "JPEG"),
    ]
    body = batch(instance(PHOTO), *(wrong for wrong, _, _ in odd), instance(PHOTO))
    first, *problems, last = json.loads(answer(bins, body, payloads.JSON).to_json())["predictions"]
    assert first == last and first["expected_count"] > 0
    assert [problem["status"] for problem in problems] == [status for _, status, _ in odd]
    for problem, (_, _, words) in zip(problems, odd, strict=True):
        assert words in problem["error"]


@pytest.mark.parametrize(
    "body, status, words",
    [
        (b"[]", 400, "A batch is"),
        (b'{"instances": []}', 400, "A batch is"),
        (b'{"instances": {}}', 400, "A batch is"),
        (b"{", 400, "no JSON"),
        (b"[" * 100_000, 400, "nested too deeply"),
        (b"9" * 5000, 400, "no JSON"),
        (batch(*[1] * (payloads.MOST_INSTANCES + 1)), 413, "at most 256"),
    ],
)
def test_a_body_that_is_no_batch_is_refused(bins, body, status, words):
    with pytest.raises(BadRequest, match=words) as refused:
        answer(bins, body, "application/json; charset=utf-8")
    assert refused.value.status == status


def test_an_object_beyond_the_limit_is_refused_unread(bins):
    with pytest.raises(BadRequest, match="at most 26,214,400 bytes") as refused:
        answer(bins, bytes(payloads.MOST_BYTES + 1), "image/jpeg")
    assert refused.value.status == 413


def test_a_table_has_a_row_for_each_object_and_each_window(birds):
    body = batch(instance(clip(1, np.random.default_rng(0))), instance(b"no sound"))
    answers = answer(birds, body, payloads.JSON)
    rows = list(csv.DictReader(answers.to_csv().splitlines()))
    assert list(rows[0]) == [
        "object", "window", "start", "end", "label", *(f"p_{n}" for n in LABELS), "status", "error",
    ]  # fmt: skip
    assert [(row["object"], row["window"]) for row in rows] == [("0", ""), ("0", "0"), ("1", "")]
    assert rows[2]["status"] == "400" and "not audio" in rows[2]["error"] and not rows[2]["p_0"]
    whole = answers.each[0]
    assert float(rows[0]["p_2"]) == whole["probabilities"]["2"] and not rows[0]["error"]


def test_a_photos_row_has_its_expected_count(bins):
    (row,) = csv.DictReader(answer(bins, PHOTO, "image/jpeg").to_csv().splitlines())
    assert float(row["expected_count"]) > 0 and row["start"] == row["end"] == ""


@pytest.mark.parametrize(
    "accept, made",
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("text/html, application/json", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("TEXT/CSV; charset=utf-8", "text/csv"),
    ],
)
def test_the_answer_has_the_type_that_the_client_prefers(accept, made):
    assert answer_type(accept) == made


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", ";;", ",,"])
def test_another_type_is_refused(accept):
    with pytest.raises(BadRequest, match="Answers are application/json or text/csv"):
        answer_type(accept)
