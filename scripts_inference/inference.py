"""The four functions of an endpoint: a clip or photo in, probabilities as JSON out.

The image's `serve` loads it from code/inference.py of model.tar.gz, where train.py puts it. Here:

    from helpers.predict import Predictor
    Predictor.load("model").predict(Path("clip.ogg").read_bytes())
"""

import json
import os

from starlette.exceptions import HTTPException

from helpers.predict import Predictor, UnsupportedType
from helpers.samples import Unreadable


def model_fn(model_dir: str) -> Predictor:
    """Load the model in each worker, with the worker's share of the threads.

    The exported graph answers by ONNX Runtime; without one, the weights do by torch.
    """
    return Predictor.load(model_dir, threads=int(os.environ.get("OMP_NUM_THREADS", "1")))


def input_fn(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return the bytes and their content type, which predict_fn checks; 400 for an empty body."""
    if not body:
        raise HTTPException(400, "The request has no body: send a clip or a photo")
    body = body.encode() if isinstance(body, str) else body  # the server decodes JSON and CSV
    return bytes(body), content_type or ""


def predict_fn(request: tuple[bytes, str], model: Predictor) -> dict:
    """Return the prediction; unreadable media (400) and other content types (415) are refused."""
    body, content_type = request
    try:
        model.check_type(content_type)
        return model.predict(body)
    except UnsupportedType as error:
        raise HTTPException(415, str(error)) from error
    except Unreadable as error:
        raise HTTPException(400, f"Can't use this {content_type}: {error}") from error


def output_fn(prediction: dict, accept: str) -> tuple[str, str]:
    """Return the prediction as JSON, the only format (406 for another)."""
    wanted = {part.partition(";")[0].strip() for part in (accept or "*/*").split(",")}
    if not wanted & {"*/*", "application/*", "application/json"}:
        raise HTTPException(406, f"Answers are application/json, not {accept}")
    return json.dumps(prediction), "application/json"
