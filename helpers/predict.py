"""Predicts probabilities from the bytes of a clip or photo, offline and in the endpoint alike.

It knows an artifact's folder and its data set; nothing of HTTP, S3 or endpoints. It runs the
exported graph where there is one (networks/onnx_graph.py), and then does not import torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.datasets import Dataset, load_dataset
from helpers.networks.artifact import load_artifact, load_card
from helpers.networks.onnx_graph import GRAPH, Graph

BATCH = 32
"""Windows predicted at once: an hour of sound has 720, which need not be in memory together."""


class UnsupportedType(ValueError):
    """The model's data set does not take this content type; the message lists those it takes."""


def weights_network(folder: Path, threads: int | None) -> Callable[[np.ndarray], np.ndarray]:
    """Return the network of an artifact's weights, run by torch on the CPU.

    Raises:
        ModuleNotFoundError: torch is not installed, so only an exported graph can predict.
    """
    try:
        import torch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"The model has no {GRAPH} (its training job's log says why), and there is no torch "
            "here to run its weights: install torch, or train again",
            name="torch",
        ) from error

    from helpers.networks.classifier import predict_batch

    if threads:
        torch.set_num_threads(threads)
    model, _ = load_artifact(folder)
    return lambda samples: predict_batch(model, torch.from_numpy(samples))


@dataclass
class Predictor:
    """A trained model with its card and its data set, ready to predict."""

    network: Callable[[np.ndarray], np.ndarray]
    """Stored samples (B, …) to probabilities, float64 (B, classes)."""
    card: dict
    dataset: Dataset

    @classmethod
    def load(
        cls, folder: str | Path, *, graph: bool = True, threads: int | None = None
    ) -> "Predictor":
        """Load the folder that train.py wrote (model.tar.gz, unpacked).

        Args:
            graph: run the exported graph if there is one, else the weights.
            threads: number of threads of one prediction; None for one per core.

        Raises:
            FileNotFoundError: the folder holds no model of this course.
            ModuleNotFoundError: there is no graph to run, and torch is not installed.
        """
        folder = Path(folder)
        card, path = load_card(folder), folder / GRAPH
        if graph and not path.is_file():
            reason = card.get("warnings", {}).get("graph", "none was asked for")
            print(f"No {GRAPH} in the model: the weights answer, by torch ({reason})", flush=True)
        wanted = graph and path.is_file()
        network = Graph(path, threads) if wanted else weights_network(folder, threads)
        return cls(network, card, load_dataset(card["dataset"]).resized(card.get("size")))

    def check_type(self, content_type: str) -> None:
        """Check that the data set takes a request's content type.

        Raises:
            UnsupportedType: the data set does not take it.
        """
        if content_type.partition(";")[0].strip().lower() not in self.dataset.content_types:
            taken = ", ".join(self.dataset.content_types)
            raise UnsupportedType(f"Content type {content_type!r} is not one of {taken}")

    def predict(self, data: bytes) -> dict:
        """Clean, cut and decode one raw object with the sharding job's code, and predict.

        Returns:
            label, probabilities {label: p} (the mean over the samples), and, where the object is
            cut into several samples, windows [{start (seconds), probabilities}].

        Raises:
            Unreadable: the bytes give no sample; the message says why.
        """
        samples = self.dataset.samples(self.dataset.request, data, self.card["store"])
        decoded = [self.dataset.decode(sample.media) for sample in samples]
        each = self.probabilities(decoded)
        mean = each.mean(0)
        answer = {
            "label": self.card["labels"][int(mean.argmax())],
            "probabilities": self.name(mean),
        }
        starts = [sample.meta.get("start") for sample in samples]
        if None not in starts:
            windows = zip(starts, each, strict=True)
            answer["windows"] = [{"start": s, "probabilities": self.name(p)} for s, p in windows]
        return answer

    def probabilities(self, samples: list[np.ndarray]) -> np.ndarray:
        """Return float64 (n, classes) for decoded samples of one shape."""
        groups = [samples[i : i + BATCH] for i in range(0, len(samples), BATCH)]
        return np.concatenate([self.network(np.stack(group)) for group in groups])

    def name(self, probabilities: np.ndarray) -> dict[str, float]:
        """Return one row of probabilities by label."""
        return dict(zip(self.card["labels"], probabilities.tolist(), strict=True))
