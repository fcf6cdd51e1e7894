"""The model that was saved is the one that was trained."""

import numpy as np
import pytest
import torch

from helpers.datasets import load_dataset
from helpers.predict import Predictor
from helpers.training.evaluation import Evaluation
from helpers.training.export import check_saved
from tests.made_model import make_artifact
from tests.made_shards import photo


def test_a_saved_model_that_answers_otherwise_is_found_out(tmp_path):
    bins = Predictor.load(make_artifact(tmp_path, "bins", store="jpg", size=32))
    sample = load_dataset("bins").resized(32).decode(photo(0, np.random.default_rng(0)))
    batch = type("Batch", (), {"keys": ["a"], "data": torch.from_numpy(sample)[None]})
    seen = bins.probabilities([sample])
    check_saved(bins, batch, Evaluation(np.eye(3), 0.0, ["a"], np.array([0]), seen))
    with pytest.raises(RuntimeError, match="The saved model answers"):
        check_saved(bins, batch, Evaluation(np.eye(3), 0.0, ["a"], np.array([0]), 1 - seen))
