"""Observes a baseline: the raw objects of the manifest's samples; knows folders, no endpoint.

Inputs are those of the training split, which the model knows. Its answers are those of the
validation split: on samples that it was trained on, a model is surer and more often right than on
any traffic. Raw objects are measured, not samples: traffic comes uncleaned and uncut.
"""

import random

from helpers.evaluation.predictions import read_shard
from helpers.manifest import Manifest, load_manifest
from helpers.monitoring.observations import Observations, measure, outputs
from helpers.predict import Predictor
from helpers.samples import Unreadable
from helpers.storage import Folder

INPUTS, ANSWERS = "train", "validation"
"""The splits."""
AT_ONCE = 16
"""Raw objects that are in memory together."""


def draw_baseline(
    model: Predictor, shards: Folder, raw: Folder, *, most: int, seed: int = 0, threads: int = 4
) -> Observations:  # fmt: skip
    """Return the observations of a baseline.

    Args:
        most: raw objects of a split; of more, so many are drawn.
    """
    observations, manifest = Observations(), load_manifest(shards)
    inputs = _sources(shards, manifest, INPUTS, most, seed)
    rows = measure(
        model.dataset,
        ((source, raw.read(source)) for source in inputs),
        observations.unreadable,
        threads=threads,
    )
    observations.add(rows, [group for group, _ in inputs.values()])
    answered = _sources(shards, manifest, ANSWERS, most, seed)
    names, columns = list(answered), []
    for start in range(0, len(names), AT_ONCE):
        batch = names[start : start + AT_ONCE]
        for name, answer in zip(batch, model.predict_all(map(raw.read, batch)), strict=True):
            if isinstance(answer, Unreadable):
                observations.unreadable[name] = str(answer)
                answer = None
            columns.append(outputs(answer, answered[name][1]))
    observations.add(columns, [group for group, _ in answered.values()])
    return observations


def _sources(
    shards: Folder, manifest: Manifest, split: str, most: int, seed: int
) -> dict[str, tuple[str, str]]:
    """Return group and label by the key of each raw object of a split, drawn if there are many."""
    found = {}
    for info in manifest.split(split).shards:
        for _, meta, _ in read_shard(shards.read(info.name, info.bytes), info):
            source = meta["source"]
            found[source] = (meta.get("groups", [source])[0], meta["label"])
    if len(found) <= most:
        return found
    chosen = random.Random(seed).sample(sorted(found), most)
    return {source: found[source] for source in chosen}
