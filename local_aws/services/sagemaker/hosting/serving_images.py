"""How an image serves a model: by its own `serve`, or by AWS's toolkit; starts no process.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
Left out: several workers an instance, unless the model's own variables ask for them: an instance's
size is a name here, and all of them share this machine's cores.
"""

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.context import Context
from local_aws.images.image import TOOLKIT, Image
from local_aws.images.registry import find
from local_aws.services.sagemaker.hosting.http_client import LOOPBACK

WORKER = Path(__file__).with_name("worker.py")
UNFIT = "The primary container did not pass the ping health check"


class StartFailed(Exception):
    """A server did not come up; the message is the endpoint's FailureReason."""


class SourceMissing(StartFailed):
    """The model's archive or image can't be fetched, so no server can be started."""


def serving_image(context: Context, uri: str) -> Image:
    """Return an image that serves.

    Raises:
        StartFailed: it has no `serve`.
        AwsError: it can't be pulled.
    """
    image = find(context, uri)
    if image.serve is None:
        raise StartFailed(f"{UNFIT}: the image {uri} has no `serve`")
    return image


@dataclass(frozen=True)
class Start:
    """What starts a server: its words, and the variables that the platform gives.

    Args:
        variables: the model's own may change them.
        address: where to listen, which nobody may change.
    """

    command: list[str]
    variables: dict[str, str]
    address: dict[str, str] = field(default_factory=dict)


def start_of(image: Image, venv: Path, model: Path, port: int) -> Start:
    """Return how an image's server is started.

    Args:
        venv: its Python.
        model: the folder of the unpacked archive.
        port: the one that it has to listen on.
    """
    environment = {
        "SAGEMAKER_BASE_DIR": "/opt/ml",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    if image.serve == TOOLKIT:
        return Start(["/bin/bash", "-c", _toolkit(venv, model, port)], environment)
    # Where several containers share an address, SageMaker names the port by this variable. None of
    # the contract names the address: here nothing shall listen to other machines.
    address = {"SAGEMAKER_BIND_TO_PORT": str(port), "UVICORN_HOST": LOOPBACK}
    environment["SAGEMAKER_MODEL_SERVER_WORKERS"] = "1"
    return Start([*image.entry_point, "serve"], environment, address)


def _toolkit(venv: Path, model: Path, port: int) -> str:
    """Return what AWS's old image does at its start: install, then serve."""
    requirements = model / "code" / "requirements.txt"
    python = ["exec", str(venv / "bin" / "python3")]
    serve = [*python, str(WORKER), "--model-dir", str(model), "--port", str(port)]
    install = ["pip", "install", "-q", "-r", str(requirements)]
    lines = [install, serve] if requirements.exists() else [serve]
    return " && ".join(shlex.join(line) for line in lines)
