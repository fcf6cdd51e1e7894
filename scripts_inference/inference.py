"""The four functions of an endpoint: clips or photos in, probabilities as JSON or CSV out.

The image's `serve` loads it from code/inference.py of model.tar.gz, where train.py puts it. What a
request may hold and what its answer says is in helpers/payloads.py. Here:

    from helpers.predict import Predictor
    Predictor.load("model").predict(Path("clip.ogg").read_bytes())
"""

import os

from starlette.exceptions import HTTPException

from helpers.payloads import CSV, Answers, BadRequest, answer, answer_type
from helpers.predict import Predictor


def model_fn(model_dir: str) -> Predictor:
    """Load the model in each worker, with the worker's share of the threads.

    The exported graph answers, by ONNX Runtime: the image has no torch.
    """
    model = Predictor.load(model_dir, threads=int(os.environ.get("OMP_NUM_THREADS", "1")))
    model.dataset.warm_up()  # /ping is healthy once this has returned
    return model


def input_fn(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return the bytes and their content type, which predict_fn checks; 400 for an empty body."""
    if not body:
        raise HTTPException(400, "The request has no body: send a clip or a photo")
    body = body.encode() if isinstance(body, str) else body  # the server decodes JSON and CSV
    return bytes(body), content_type or ""


def predict_fn(request: tuple[bytes, str], model: Predictor) -> Answers:
    """Return the answers; what can't be answered is refused with its reason and a 4xx."""
    try:
        return answer(model, *request)
    except BadRequest as error:
        raise HTTPException(error.status, str(error)) from error


def output_fn(answers: Answers, accept: str) -> tuple[str, str]:
    """Return the answers as JSON, or as CSV where `Accept` prefers it (406 for neither)."""
    try:
        kind = answer_type(accept)
    except BadRequest as error:
        raise HTTPException(error.status, str(error)) from error
    return (answers.to_csv() if kind == CSV else answers.to_json()), kind
