"""Exports a trained network as an ONNX graph, checks it and runs it; knows no data sets.

The graph contains the front end (log-mel, pixel normalizer), exported from the code that training
ran. So its input is a batch, of any size, of stored samples: integers.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from helpers.onnx_session import open_session

if TYPE_CHECKING:  # an endpoint needs no torch
    from torch import Tensor, nn

GRAPH = "model.onnx"
TOLERANCE = 1e-4
"""Largest difference of a probability between the graph and the network."""

EXPORTS = "2.7"
"""The first torch whose newer exporter makes it; with 2.6 no onnxscript did."""
OPSET = 17
"""Of the older exporter: what torch 2.3 (AWS's last image with SMDDP) knows."""


class GraphDiffers(RuntimeError):
    """The graph's probabilities differ from the network's."""


class Graph:
    """An exported network, ready to run on the CPU.

    Args:
        threads: number of threads of one call; None for one per core.
    """

    def __init__(self, path: Path, threads: int | None = None):
        self.session = open_session(path, threads)
        self.name = self.session.get_inputs()[0].name

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """Return the probabilities, float64 (B, classes), of a batch of stored samples."""
        (logits,) = self.session.run(None, {self.name: samples})
        return softmax(logits)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return float64 probabilities, a row each."""
    powers = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def export_graph(model: "nn.Module", samples: "Tensor", path: Path) -> None:
    """Export a network on the CPU as a graph for batches of any size; write no file on failure.

    Args:
        samples: stored samples of the shape and type of later inputs.

    Raises:
        GraphDiffers: on `samples` the graph's probabilities differ from the network's.
    """
    import torch

    # Another name: an endpoint runs any model.onnx.
    temporary = path.with_name(f".{path.name}.tmp")
    model.eval()
    samples = samples if len(samples) > 1 else torch.cat([samples, samples])  # 1 is a constant
    try:
        with torch.inference_mode(False), quiet():
            export = _export if torch.__version__ >= EXPORTS else _export_by_tracing
            export(model, samples, temporary)
        with torch.inference_mode():
            expected = softmax(model(samples).numpy())
        check_graph(Graph(temporary), samples.numpy(), expected)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _export(model: "nn.Module", samples: "Tensor", path: Path) -> None:
    import torch

    program = torch.onnx.export(
        model,
        (samples,),
        dynamo=True,
        input_names=["samples"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )
    program.save(str(path), external_data=False)


def _export_by_tracing(model: "nn.Module", samples: "Tensor", path: Path) -> None:
    """Export by the exporter of an older torch."""
    import torch
    from torch.onnx._internal import onnx_proto_utils

    # It asks the package onnx for functions of onnxscript, which no network here has. onnx would
    # bring NumPy 2, for which that torch is not built.
    onnx_proto_utils._add_onnxscript_fn = lambda graph, functions: graph
    batch = {"samples": {0: "batch"}, "logits": {0: "batch"}}
    with torch.no_grad():
        torch.onnx.export(
            model,
            (samples,),
            str(path),
            input_names=["samples"],
            output_names=["logits"],
            dynamic_axes=batch,
            opset_version=OPSET,
        )


def check_graph(graph: Graph, samples: np.ndarray, expected: np.ndarray) -> None:
    """Compare the graph's probabilities with the network's, for a batch and for one sample.

    Raises:
        GraphDiffers: they differ by more than TOLERANCE.
    """
    for rows in (slice(None), slice(0, 1)):
        gap = np.abs(graph(samples[rows]) - expected[rows]).max()
        if not gap <= TOLERANCE:  # nan is not either
            raise GraphDiffers(f"The exported graph is {gap:.1e} away from the network")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the exporter's internal messages out of the log; errors still raise."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
