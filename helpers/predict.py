"""Predicts probabilities from the bytes of a clip or photo, offline and in the endpoint alike.

It knows an artifact's folder and its data set; nothing of HTTP, S3 or endpoints. It runs the
exported graph where there is one (networks/onnx_graph.py), and then does not import torch.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.datasets import Dataset, load_dataset
from helpers.networks.artifact import load_artifact, load_card, unpacked
from helpers.networks.onnx_graph import GRAPH, Graph
from helpers.samples import Inputs, Unreadable

BATCH = 4
"""Samples predicted at once: more do not fit into a core's cache, and 32 took a third longer each
(docs/benchmarks.md)."""


OTHER_NAMES = {
    **dict.fromkeys(("audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"), "audio/wav"),
    **dict.fromkeys(("application/ogg", "audio/x-ogg", "audio/vorbis"), "audio/ogg"),
    **dict.fromkeys(("audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg"), "audio/mpeg"),
    "audio/x-flac": "audio/flac",
    **dict.fromkeys(("image/jpg", "image/pjpeg"), "image/jpeg"),
    "image/x-png": "image/png",
}
"""Names that Python's mimetypes, browsers and recorders give to media types, and the usual ones."""


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
            "here to run its weights: train it again",
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

    @classmethod
    def load_packed(cls, folder: Path) -> "Predictor":
        """Load the folder of a training job's archive, or of its files.

        Raises:
            FileNotFoundError: the folder has no model.
        """
        with unpacked(folder) as files:
            return cls.load(files)

    def check_type(self, content_type: str) -> None:
        """Check that the data set takes a request's content type.

        Raises:
            UnsupportedType: the data set does not take it.
        """
        name = content_type.partition(";")[0].strip().lower()
        if OTHER_NAMES.get(name, name) not in self.dataset.content_types:
            taken = ", ".join(self.dataset.content_types)
            raise UnsupportedType(f"Content type {content_type!r} is not one of {taken}")

    def predict(self, data: bytes) -> dict:
        """Clean and cut one raw object with the sharding job's code, and predict.

        Returns:
            label, probabilities {label: p} (the mean over the samples), the task's estimates, and
            what was measured. Where the object is cut, windows, each with start and end in
            seconds, label, probabilities and estimates.

        Raises:
            Unreadable: the bytes give no sample; the message says why.
        """
        (answer,) = self.predict_all([data])
        if isinstance(answer, Unreadable):
            raise answer
        return answer

    def predict_all(self, objects: Iterable[bytes]) -> list[dict | Unreadable]:
        """Predict several raw objects, their samples together in batches.

        Returns:
            Each object's answer, as `predict` gives it, or the reason why it has none.
        """
        prepared = self._prepare(objects)
        arrays = [
            array for inputs in prepared if isinstance(inputs, Inputs) for array in inputs.arrays
        ]
        each = iter(self.probabilities(arrays) if arrays else ())
        return [
            self._answer(inputs, np.stack([next(each) for _ in inputs.arrays]))
            if isinstance(inputs, Inputs)
            else inputs
            for inputs in prepared
        ]

    def _prepare(self, objects: Iterable[bytes]) -> list[Inputs | Unreadable]:
        """Return each object's inputs, of no more sound than a request may have."""
        left = self.dataset.request_seconds
        beyond = f"beyond the {left:g} s of sound that one request may have"
        prepared: list[Inputs | Unreadable] = []
        for data in objects:
            try:
                if left <= 0:
                    raise Unreadable(beyond)
                inputs = self.dataset.inputs(data, self.card["store"])
                left -= inputs.measures.get("seconds", 0)
                if left < 0:
                    raise Unreadable(beyond)
                prepared.append(inputs)
            except Unreadable as error:
                prepared.append(error)
        return prepared

    def _answer(self, inputs: Inputs, each: np.ndarray) -> dict:
        answer = self._worded(each.mean(0)) | inputs.measures
        if inputs.spans is not None:
            answer["windows"] = [
                {"start": start, "end": end, **self._worded(row)}
                for (start, end), row in zip(inputs.spans, each, strict=True)
            ]
        return answer

    def _worded(self, probabilities: np.ndarray) -> dict:
        """Return one row of probabilities by label, with what follows from them."""
        labels = self.card["labels"]
        return {
            "label": labels[int(probabilities.argmax())],
            **self.dataset.task.estimates(probabilities, labels),
            "probabilities": dict(zip(labels, probabilities.tolist(), strict=True)),
        }

    def probabilities(self, samples: list[np.ndarray]) -> np.ndarray:
        """Return float64 (n, classes) for decoded samples of one shape."""
        groups = [samples[i : i + BATCH] for i in range(0, len(samples), BATCH)]
        return np.concatenate([self.network(np.stack(group)) for group in groups])
