"""What the container is told by its variables; reads the environment, starts nothing.

The names are those of SageMaker's contract and of AWS's own inference toolkit:
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
https://github.com/aws/sagemaker-inference-toolkit/blob/master/src/sagemaker_inference/parameters.py
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PORT = 8080
EVERYWHERE = "0.0.0.0"
"""SageMaker asks a container from outside of it."""


@dataclass(frozen=True)
class Settings:
    """One container's settings.

    Args:
        model: the folder of the unpacked archive.
        code: the folder of the model's program.
        program: its file, such as `inference.py`.
        host, port: where to listen.
        workers: processes that predict, each with the model.
        threads: of one prediction.
    """

    model: Path
    code: Path
    program: str
    host: str
    port: int
    workers: int
    threads: int


def read(variables: Mapping[str, str]) -> Settings:
    """Return the settings that a container's variables make.

    Raises:
        ValueError: the code lies elsewhere than in the container, or a number is none.
    """
    model = Path(variables.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "model"
    code = variables.get("SAGEMAKER_SUBMIT_DIRECTORY") or str(model / "code")
    if "://" in code:
        raise ValueError(f"SAGEMAKER_SUBMIT_DIRECTORY is {code}: this image fetches no code")
    cores = _cores()
    workers = _count(variables, "SAGEMAKER_MODEL_SERVER_WORKERS", cores)
    return Settings(
        model, Path(code), variables.get("SAGEMAKER_PROGRAM") or "inference.py",
        variables.get("UVICORN_HOST", EVERYWHERE),
        _count(variables, "SAGEMAKER_BIND_TO_PORT", PORT),
        workers, max(1, cores // workers),
    )  # fmt: skip


def _count(variables: Mapping[str, str], name: str, default: int) -> int:
    text = variables.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{name} is {text!r}: a whole number from 1 is needed")
    return int(text)


def _cores() -> int:
    """Return the vCPUs that this process may use."""
    may_use = getattr(os, "sched_getaffinity", None)  # macOS has none
    return len(may_use(0)) if may_use else os.cpu_count() or 1
