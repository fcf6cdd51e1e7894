"""Versions of a tiny model for a soak: their archives, their requests, and their offline answers.

An endpoint and the offline prediction run the same four functions; the request's number is in the
answer, so an answer that belongs to another request shows.
"""

import io
import json
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

INPUTS, HIDDEN, CLASSES = 32, 16, 4
FAULTY, DEAD = 3, 4
"""Versions that answer every request with an error, and that can't be loaded."""
FAULT = "version 3 fails as planned"
CODE = f'''"""A network of two layers; versions {FAULTY} and {DEAD} are broken on purpose."""
import json, os
import numpy as np

def model_fn(model_dir):
    with np.load(os.path.join(model_dir, "weights.npz")) as file:
        model = {{name: file[name] for name in file.files}}
    if model["version"] == {DEAD}:
        raise RuntimeError("version {DEAD} can't be loaded, as planned")
    return model

def input_fn(body, content_type):
    return json.loads(body)

def predict_fn(data, model):
    if model["version"] == {FAULTY}:
        raise RuntimeError("{FAULT}")
    hidden = np.tanh(np.asarray(data["values"]) @ model["first"])
    scores = hidden @ model["last"]
    return {{"version": int(model["version"]), "number": data["number"],
            "scores": scores.tolist(),
            "ids": {{"process": os.getpid(), "server": os.getppid()}}}}

def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
'''


def archive(version: int) -> bytes:
    """Return a version's model.tar.gz."""
    random, weights, out = np.random.default_rng(version), io.BytesIO(), io.BytesIO()
    np.savez(
        weights, version=version, first=random.normal(size=(INPUTS, HIDDEN)),
        last=random.normal(size=(HIDDEN, CLASSES)),
    )  # fmt: skip
    files = {"code/inference.py": CODE.encode(), "weights.npz": weights.getvalue()}
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


def request(number: int) -> bytes:
    """Return the body of a request."""
    values = np.random.default_rng([7, number]).normal(size=INPUTS).round(4)
    return json.dumps({"number": number, "values": values.tolist()}).encode()


@cache
def _offline(version: int) -> tuple[dict[str, Any], Any]:
    """Return the functions of an archive, and the model that they load."""
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive(version))) as tar:
            tar.extractall(folder, filter="data")
        exec(Path(folder, "code/inference.py").read_text(), names)
        return names, names["model_fn"](folder)


def is_right(answer: dict[str, Any], number: int) -> bool:
    """Say whether an answer is the offline one of its version to this request."""
    names, model = _offline(answer["version"])
    data = names["input_fn"](request(number), "application/json")
    expected = names["predict_fn"](data, model)
    return answer["number"] == number and np.allclose(
        answer["scores"], expected["scores"], rtol=0, atol=1e-9
    )
