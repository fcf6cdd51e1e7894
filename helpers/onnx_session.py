"""Opens ONNX models with ONNX Runtime on the CPU, silently; knows no model."""

from pathlib import Path
from typing import TYPE_CHECKING

from helpers import telemetry

if TYPE_CHECKING:
    import onnxruntime

ERRORS_ONLY = 3


def open_session(path: Path, threads: int | None = None) -> "onnxruntime.InferenceSession":
    """Open an ONNX model on the CPU.

    Args:
        threads: number of threads of one call; None for one per core.
    """
    telemetry.switch_off()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads, options.intra_op_num_threads = 1, threads or 0
    options.log_severity_level = ERRORS_ONLY
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
