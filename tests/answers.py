"""Made-up predictions for tests of what is done with them."""

import numpy as np

from helpers.evaluation.predictions import Predictions, rounded
from helpers.manifest import Manifest, SplitInfo

LABELS = ["0", "1", "2"]


def make_predictions(size=40, *, skill=2.0, windows=2, labels=LABELS, present=3, seed=0):
    """Return answers that are the better the more skill; `windows` samples a source."""
    rng = np.random.default_rng(seed)
    target = np.arange(size) // windows % present
    logits = rng.normal(size=(size, len(labels)))
    logits[np.arange(size), target] += skill
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    keys = [f"s{i:04d}" for i in range(size)]
    sources = [f"audio/{i // windows}.ogg" for i in range(size)]
    shards = ["test/test-000000.tar"] * size
    return Predictions(list(labels), keys, sources, shards, target, rounded(chances))


def make_manifest(dataset="bins", predictions=None, labels=LABELS):
    """Return a manifest whose test split has the predictions' samples."""
    predictions = predictions or make_predictions()
    sizes = np.bincount(predictions.targets, minlength=len(labels)).tolist()
    test = dict(zip(labels, sizes, strict=True))
    train = dict.fromkeys(labels, 50)
    splits = {
        name: SplitInfo(sum(counts.values()), 1000, counts, ["g1", "g2"], [])
        for name, counts in (("train", train), ("test", test))
    }
    return Manifest(dataset, "jpg", 0, list(labels), splits, dict.fromkeys(labels, 1.0))
