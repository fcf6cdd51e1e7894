"""Reads the raw objects of a request and words their answers, JSON or CSV; knows no HTTP server.

A request is one object's bytes under its own type, or application/json with several:

    {"instances": [{"content_type": "audio/ogg", "data": "<base64>"}, ...]}

`content_type` may be left out. The answer is {"predictions": [...]}, in the same order; the place
of an object that can't be used has {"error", "status"} and ends nothing else.
"""

import base64
import binascii
import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from helpers.predict import Predictor, UnsupportedType
from helpers.samples import Unreadable

JSON, CSV = "application/json", "text/csv"
MOST_INSTANCES = 256
"""Objects of a batch: photos take some 2 ms each, of the 60 s that an endpoint has."""
MOST_BYTES = 25 * 2**20
"""Of one object, by itself or in a batch: half an hour of OGG has 15 MB."""
FIELDS = {"content_type", "data"}


class BadRequest(ValueError):
    """A request, or an object of a batch, that can't be answered; the message says why."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Answers:
    """The answers of one request."""

    each: list[dict]
    """As `Predictor.predict` returns them, or {error, status}."""
    is_batch: bool
    labels: list[str]
    estimates: list[str]
    """Names of the task's estimates, such as `expected_count`."""

    def to_json(self) -> str:
        """Return one object's answer, or all of a batch as {"predictions": [...]}."""
        return json.dumps({"predictions": self.each} if self.is_batch else self.each[0])

    def to_csv(self) -> str:
        """Return a row for each object, with an empty `window`, and then one for each window.

        The columns are object, window (both from 0), start, end (seconds), label, the task's
        estimates, `p_<label>` for each class, status and error.
        """
        out = io.StringIO()
        classes = [f"p_{label}" for label in self.labels]
        names = ["object", "window", "start", "end", "label", *self.estimates, *classes]
        table = csv.DictWriter(out, [*names, "status", "error"], extrasaction="ignore")
        table.writeheader()
        for number, answer in enumerate(self.each):
            times = {"start": 0.0, "end": answer["seconds"]} if "seconds" in answer else {}
            table.writerow(_row(answer) | times | {"object": number, "window": ""})
            for place, window in enumerate(answer.get("windows", ())):
                table.writerow(_row(window) | {"object": number, "window": place})
        return out.getvalue()


def answer(model: Predictor, body: bytes, content_type: str) -> Answers:
    """Answer a request.

    Raises:
        BadRequest: nothing of it can be answered.
    """
    labels, task = model.card["labels"], model.dataset.task
    estimates = list(task.estimates(np.zeros(len(labels)), labels))
    if _plain(content_type) == JSON:
        return Answers(_answer_batch(model, body), True, labels, estimates)
    try:
        _check(model, body, content_type)
        return Answers([model.predict(body)], False, labels, estimates)
    except UnsupportedType as error:
        raise BadRequest(415, f"{error}, {JSON}") from error
    except Unreadable as error:
        raise BadRequest(400, f"Can't use this {content_type}: {error}") from error


def answer_type(accept: str) -> str:
    """Return the content type of the answer: the one of JSON and CSV that `Accept` prefers.

    Raises:
        BadRequest: it takes neither.
    """
    wanted = []
    for part in (accept or "*/*").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights = [piece[2:] for piece in parameters if piece.startswith("q=")]
        wanted.append((_weight(weights), name))
    for weight, name in sorted(wanted, key=lambda pair: -pair[0]):
        for made in (JSON, CSV):
            if weight > 0 and name in (made, made.split("/")[0] + "/*", "*/*"):
                return made
    raise BadRequest(406, f"Answers are {JSON} or {CSV}, not {accept}")


def _answer_batch(model: Predictor, body: bytes) -> list[dict]:
    read = [_read_instance(model, instance) for instance in _instances(body)]
    predicted = iter(model.predict_all(data for data in read if isinstance(data, bytes)))
    results = [next(predicted) if isinstance(data, bytes) else data for data in read]
    return [result if isinstance(result, dict) else _problem(result) for result in results]


def _instances(body: bytes) -> list[object]:
    try:
        batch = json.loads(body)
    except RecursionError as error:
        raise BadRequest(400, "The JSON is nested too deeply") from error
    except ValueError as error:
        raise BadRequest(400, f"The body is no JSON: {error}") from error
    instances = batch.get("instances") if isinstance(batch, dict) else None
    if not isinstance(instances, list) or not instances:
        raise BadRequest(400, 'A batch is {"instances": [{"content_type": …, "data": base64}, …]}')
    if len(instances) > MOST_INSTANCES:
        raise BadRequest(413, f"A batch has at most {MOST_INSTANCES} instances")
    return instances


def _read_instance(model: Predictor, instance: object) -> bytes | ValueError:
    """Return an instance's bytes, or what is wrong with it."""
    if not isinstance(instance, dict) or not isinstance(instance.get("data"), str):
        return BadRequest(400, 'An instance is {"content_type": …, "data": base64}')
    if others := sorted(instance.keys() - FIELDS):
        return BadRequest(400, f"An instance has content_type and data, not {others[0][:80]!r}")
    try:
        data = base64.b64decode(instance["data"], validate=True)
        _check(model, data, instance.get("content_type", model.dataset.content_types[0]))
    except (binascii.Error, ValueError) as error:
        is_ours = isinstance(error, (BadRequest, UnsupportedType))
        return error if is_ours else BadRequest(400, f"`data` is no base64: {error}")
    return data


def _check(model: Predictor, data: bytes, content_type: object) -> None:
    if not isinstance(content_type, str):
        raise BadRequest(400, "content_type is a text")
    model.check_type(content_type)
    if not data:
        raise BadRequest(400, "There is no data: send a clip or a photo")
    if len(data) > MOST_BYTES:
        raise BadRequest(413, f"An object has at most {MOST_BYTES:,} bytes, not {len(data):,}")


def _problem(error: ValueError) -> dict:
    status = 415 if isinstance(error, UnsupportedType) else getattr(error, "status", 400)
    return {"error": str(error), "status": status}


def _row(answer: Mapping) -> dict:
    probabilities = answer.get("probabilities", {})
    return {**answer, **{f"p_{label}": value for label, value in probabilities.items()}}


def _plain(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _weight(weights: list[str]) -> float:
    try:
        return float(weights[0]) if weights else 1.0
    except ValueError:
        return 1.0
