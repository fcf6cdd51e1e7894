"""The hyperparameters that docs/aws.md names for the full size train an epoch of a few samples."""

import json

import pytest

from tests.made_shards import make_shards
from tests.scripts.test_train import places, run_train
from tests.tools.test_aws_page import FULL

SHORT = {"epochs": 1, "batch-size": 4, "workers": 1}
"""In place of the page's own, which want a GPU and an hour."""


@pytest.mark.slow
@pytest.mark.parametrize("dataset", FULL)
def test_the_full_sizes_network_trains_tests_and_is_exported(dataset, tmp_path):
    make_shards(tmp_path / "shards", dataset, train=8, validation=4, test=4)
    given = FULL[dataset] | SHORT
    flags = [part for name, value in given.items() for part in (f"--{name}", value)]
    run = run_train("--data", tmp_path / "shards", *flags, *places(tmp_path), folder=tmp_path)
    assert run.returncode == 0, run.stderr
    card = json.loads((tmp_path / "model" / "model.json").read_text())
    assert given["model"] in json.dumps(card) and not card.get("warnings")
    assert (tmp_path / "model" / "model.onnx").exists()
    if "image-size" in given:
        assert str(given["image-size"]) in json.dumps(card)
