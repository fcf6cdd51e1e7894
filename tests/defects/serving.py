"""Defects around the model: never deployed, fed otherwise than trained, tied to one account."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from helpers.datasets import load_dataset
from helpers.datasets.birds.speech import speak
from helpers.media import recordings
from helpers.media.audio import SAMPLE_RATE
from helpers.media.speech import speech_spans
from helpers.predict import Predictor
from local_aws.instances import warm_python
from local_aws.server import LocalAws
from tests.defects.bench import Bench, Defect
from tests.local_aws.services.sagemaker.jobs.requests import training
from tests.local_aws.services.sagemaker.jobs.test_pools import finish, kept
from tests.local_cloud import furnish, make_client
from tests.made_model import make_artifact
from tests.made_shards import LABELS, photo
from tests.project.test_style import ACCOUNT, ACCOUNTS, ROOT, SHIPPED
from tests.scripts.test_inference import Endpoint
from tests.sounds import chirp, file_of, hush, placed

BUCKET = re.compile(r"""["']s3://(?!aft-vbi-pds)[a-z0-9]|Bucket=["'][a-z0-9]""")
"""A bucket's name in code; the one that may be there is Amazon's public set of bins."""


# A model that is deployed.


def as_train_saves_it(folder: Path) -> None:
    """Write a model with its card."""
    make_artifact(folder, "bins", store="jpg", size=32)


def weights_alone(folder: Path) -> None:
    """Write a bare state dict: neither network nor labels nor preprocessing."""
    as_train_saves_it(folder)
    (folder / "model.json").unlink()


def a_saved_model_answers_as_an_endpoint(save: Callable, bench: Bench) -> None:
    """The image's own server loads what training saved, and answers."""
    save(bench.folder)
    threads, path = torch.get_num_threads(), [str(ROOT / "docker_process"), *sys.path]
    try:
        with patch("sys.path", path):
            endpoint = Endpoint(bench.folder)
            answer = endpoint(photo(1, np.random.default_rng(0)), "image/jpeg")
    except FileNotFoundError as error:
        raise AssertionError(str(error)) from error
    finally:
        torch.set_num_threads(threads)
        sys.modules.pop("inference", None)
    assert endpoint.status == 200, answer
    assert set(json.loads(answer)["probabilities"]) == set(LABELS)


# The same sound in training and behind the endpoint.


def only_speech(spans: list[tuple[float, float]], seconds: float) -> list[tuple[float, float]]:
    """Keep what cleaning should cut out."""
    return spans


def the_endpoint_hears_what_the_training_heard(serving: Callable, bench: Bench) -> None:
    """A request's windows are the shards' windows, to the sample, and nobody speaks in them."""
    words = 0.25 * speak(3, np.random.default_rng(1))
    clip = file_of(placed(chirp(1), 8, placed(words, 2, hush(12))), "FLAC")
    birds, served = load_dataset("birds"), []
    trained = [birds.decode(sample.media) for sample in birds.samples(birds.request, clip, "flac")]

    def listen(predictor: Predictor, samples: list[np.ndarray]) -> np.ndarray:
        served.extend(samples)
        return np.full((len(samples), len(LABELS)), 1 / len(LABELS))

    predictor = Predictor.load(make_artifact(bench.folder, "birds", store="flac"))
    with patch.object(Predictor, "probabilities", listen), serving():
        predictor.predict(clip)
    assert len(served) == len(trained) > 0
    assert all(np.array_equal(a, b) for a, b in zip(served, trained, strict=True))
    assert not [w for w in served if speech_spans(w.astype(np.float32) / 32768, SAMPLE_RATE)]


# Nothing is fetched.


def load_and_answer(folder: Path) -> dict:
    """Load a model and answer a clip, as inference.py does."""
    return Predictor.load(folder).predict(file_of(chirp(6), "FLAC"))


def fetch_and_answer(folder: Path) -> dict:
    """Ask the network for a model first."""
    urllib.request.urlopen("http://127.0.0.1:9/model.pt")
    return load_and_answer(folder)


def install_and_answer(folder: Path) -> dict:
    """Install a package first."""
    subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
    return load_and_answer(folder)


def the_endpoint_fetches_nothing(answer: Callable, bench: Bench) -> None:
    """From loading to the first answer no connection is made and no program is run."""

    def refused(*about: object, **more: object) -> None:
        raise AssertionError(f"it asked for {about[0]}")

    folder = make_artifact(bench.folder, "birds", store="flac")
    with patch("socket.getaddrinfo", refused), patch("subprocess.Popen", refused):
        assert set(answer(folder)["probabilities"]) == set(LABELS)


# No name of one account's things.


def shipped_code() -> dict[str, str]:
    """Return all code that runs on AWS, notebooks included, by path."""
    notebooks = {str(p): json.loads(p.read_text()) for p in (ROOT / "notebooks").glob("*.ipynb")}
    cells = {
        name: "\n".join("".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code")
        for name, book in notebooks.items()
    }
    local = ROOT / "local_aws"
    code = [ROOT / path for path in SHIPPED if not (ROOT / path).is_relative_to(local)]
    return {**{str(path): path.read_text() for path in code}, **cells}


def with_a_name(line: str) -> Callable[[], dict[str, str]]:
    """Return the shipped code and one line more."""
    return lambda: {**shipped_code(), "train.py": line}


def no_bucket_and_no_account_is_named(code: Callable, bench: Bench) -> None:
    """Buckets and accounts come from the configuration."""
    texts = code()
    assert len(texts) > 50
    assert not [path for path, text in texts.items() if BUCKET.search(text)]
    assert not [path for path, text in texts.items() if set(ACCOUNT.findall(text)) - set(ACCOUNTS)]


# Instances that wait for the next trial.


def trials_of_a_search_find_instances_that_wait(request_for: Callable, bench: Bench) -> None:
    """The second training job runs on what the first one left."""
    with patch.object(warm_python, "LIBRARIES", ("json",)), LocalAws(bench.folder) as aws:
        furnish(aws)
        sagemaker = make_client(aws, "sagemaker")
        for name in ("first", "second"):
            finish(sagemaker, request_for(name, "pass"))
        first = sagemaker.describe_training_job(TrainingJobName="first")
    assert first.get("WarmPoolStatus", {}).get("ReusedByJob") == "second"


DEFECTS = [
    Defect("the endpoint was never deployed", a_saved_model_answers_as_an_endpoint,
           as_train_saves_it, weights_alone),
    Defect("the endpoint keeps only speech", the_endpoint_hears_what_the_training_heard,
           nullcontext, lambda: patch.object(recordings, "_kept", only_speech)),
    Defect("a model is downloaded at run time", the_endpoint_fetches_nothing, load_and_answer,
           fetch_and_answer),
    Defect("packages are installed at run time", the_endpoint_fetches_nothing, load_and_answer,
           install_and_answer),
    Defect("no warm pool was configured", trials_of_a_search_find_instances_that_wait, kept,
           training),
    Defect("a hard-coded bucket", no_bucket_and_no_account_is_named, shipped_code,
           with_a_name('source = "s3://my-bins-2023/shards"')),
    Defect("a hard-coded account", no_bucket_and_no_account_is_named, shipped_code,
           with_a_name("role = 'arn:aws:iam::12345678901" "2:role/x'")),
]  # fmt: skip
