"""Saves a training run's model, then tests, checks and describes it; knows no S3.

The model is saved first. The later parts (test, graph, check, results) may fail without ending the
run: the part's name and the reason are then in the log, the model's card and metrics.json.
"""

from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np

from helpers.manifest import Manifest
from helpers.metrics import score_probabilities
from helpers.networks.artifact import (
    load_artifact,
    save_artifact,
    save_card,
    ship_code,
)
from helpers.networks.onnx_graph import GRAPH, export_graph
from helpers.predict import Predictor
from helpers.stream import Batch
from helpers.training.attempts import Attempts
from helpers.training.evaluation import Evaluation
from helpers.training.loop import Trainer
from helpers.training.results import write_results
from helpers.training.tracking import Tracker


class Export:
    """One run's model and results, written by the first rank.

    Args:
        args: the flags of train.py: data, image_size, model_dir, output_dir, test, graph.
    """

    def __init__(self, args: Namespace, manifest: Manifest, trainer: Trainer, attempts: Attempts):
        self.args, self.manifest, self.trainer = args, manifest, trainer
        self.attempts = attempts
        self.tested: Evaluation | None = None
        self.metrics: dict = {}

    def save(self, code: Path) -> None:
        """Save the best weights with their card, then the serving code.

        Args:
            code: folder of inference.py and its imports.
        """
        folder = self.args.model_dir
        (folder / GRAPH).unlink(missing_ok=True)  # an earlier run's graph has other weights
        save_artifact(folder, self.trainer.progress.best_weights, self._card())
        with self.attempts("serving code"):
            ship_code(folder, code)

    def test(self, loader: Iterable[Batch], counts: Mapping[str, int]) -> dict:
        """Score the test split over all ranks; return its metrics, {} if unwanted or failed."""
        if self.args.test == "no":
            return {}
        with self.attempts("test"):
            test = self.trainer.evaluate(loader, counts, keep=True)
            labels = self.manifest.labels
            self.metrics = score_probabilities(test.probabilities, test.targets, labels)
            self.tested = test
        return self.metrics

    def finish(self, loaders: Mapping[str, Iterable[Batch]], tracker: Tracker) -> None:
        """Export and check the saved model, and write the results.

        Args:
            loaders: the loader of each split.
        """
        folder, test = self.args.model_dir, self.tested
        if self.args.graph == "yes":
            with self.attempts("graph"):
                batch = next(iter(loaders["validation" if test is None else "test"]))
                export_graph(load_artifact(folder)[0], batch.data, folder / GRAPH)
        if test is None:
            tracker.close()
        else:
            with self.attempts("check"):
                batch = next(iter(loaders["test"]))
                saved = Predictor.load(folder, graph=(folder / GRAPH).is_file())
                check_saved(saved, batch, test)
            tracker.finish(self.metrics, test.confusion, self.manifest.labels)
        card = self._card()
        with self.attempts("results"):
            written = {**card["metrics"], "warnings": card["warnings"]}
            written |= {"history": self.trainer.progress.history}
            write_results(self.args.output_dir, written, self.manifest.labels, test)
        with self.attempts("card"):
            save_card(folder, self._card())

    def _card(self) -> dict:
        """Return the model's card with all facts known so far."""
        manifest, trainer = self.manifest, self.trainer
        tested = {"test": self.metrics} if self.metrics else {}
        return {
            **{"dataset": manifest.dataset, "store": manifest.store, "size": self.args.image_size},
            **{"labels": manifest.labels, "model": trainer.model.settings},
            "training": asdict(trainer.options),
            "metrics": {**trainer.progress.best_row(), **tested},
            "warnings": dict(self.attempts.warnings),
            "manifest": {
                "source": self.args.data,
                "sha256": sha256(manifest.to_json().encode()).hexdigest(),
            },
        }


def check_saved(saved: Predictor, batch: Batch, test: Evaluation, tolerance: float = 0.05) -> None:
    """Compare a saved model's prediction for one sample with the trained model's in the test.

    The tolerance allows for bf16 in training and fp32 here: in equal precision they differ by 1e-6.

    Raises:
        RuntimeError: the saved model predicts otherwise than the trained one.
    """
    seen = test.probabilities[test.keys.index(batch.keys[0])]
    again = saved.probabilities([batch.data[0].numpy()])[0]
    if np.abs(again - seen).max() > tolerance:
        raise RuntimeError(f"The saved model answers {again}, the trained one {seen}")
