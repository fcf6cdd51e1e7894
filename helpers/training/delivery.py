"""The last acts of a training run: it writes what is deployed, and checks it; no loop, no S3."""

from argparse import Namespace
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from helpers.manifest import Manifest
from helpers.networks.artefact import load_artefact, save_artefact, ship_code, write_results
from helpers.networks.graph import GRAPH, export_graph
from helpers.predict import Predictor
from helpers.stream import Batch
from helpers.training.evaluation import Evaluation
from helpers.training.loop import Trainer


@dataclass(frozen=True)
class Results:
    """What the test split said, and of which shards it is."""

    manifest: Manifest
    test: Evaluation
    metrics: dict


def deliver(args: Namespace, trainer: Trainer, results: Results, code: Path) -> None:
    """Write the best weights with their card and code, and the results.

    Args:
        args: the flags of train.py: data, image_size, model_dir, output_dir.
        code: folder of inference.py and what it imports.
    """
    manifest = results.manifest
    card = {
        **{"dataset": manifest.dataset, "store": manifest.store, "size": args.image_size},
        **{"labels": manifest.labels, "model": trainer.model.settings},
        "training": asdict(trainer.options),
        "metrics": {**trainer.progress.best_row(), "test": results.metrics},
        "manifest": {
            "source": args.data,
            "sha256": sha256(manifest.to_json().encode()).hexdigest(),
        },
    }
    save_artefact(args.model_dir, trainer.progress.best_weights, card)
    ship_code(args.model_dir, code)
    written = {**card["metrics"], "history": trainer.progress.history}
    write_results(args.output_dir, written, manifest.labels, results.test)


def check_delivery(args: Namespace, batch: Batch, test: Evaluation) -> None:
    """Export the saved weights, and check that what an endpoint will load is what was tested.

    Args:
        args: the flags of train.py: model_dir, graph.
        batch: some samples of the test split.

    Raises:
        GraphDiffers: the exported graph does not say what the weights say.
        RuntimeError: the saved model is not the trained one.
    """
    if args.graph == "yes":
        model, _ = load_artefact(args.model_dir)
        export_graph(model, batch.data, args.model_dir / GRAPH)
    Predictor.load(args.model_dir, graph=args.graph == "yes").check(batch, test)
