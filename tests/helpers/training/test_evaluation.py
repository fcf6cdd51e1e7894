"""An evaluation sees every sample exactly once, in fp32, or is refused."""

import numpy as np
import pytest
import torch

from helpers.training import evaluation
from helpers.training.distributed import Ranks
from helpers.training.evaluation import CountMismatch
from tests.helpers.training.trainers import Batch, Memory, counts, make_trainer

pytestmark = pytest.mark.usefixtures("one_thread")


def test_an_evaluation_of_other_samples_than_the_manifest_lists_is_refused():
    with pytest.raises(CountMismatch, match="0: 5 seen, 6 listed"):
        make_trainer().evaluate(Memory(13, shuffle=False), {"0": 6, "1": 4, "2": 4})


def test_a_sample_evaluated_twice_is_refused():
    class Doubled(Memory):
        def __iter__(self):
            for batch in super().__iter__():
                yield Batch(batch.data, batch.target, ["same"] * len(batch.keys))

    with pytest.raises(CountMismatch, match="12 samples twice"):
        make_trainer().evaluate(Doubled(13, shuffle=False), counts(13), keep=True)


def test_predictions_come_in_the_order_of_their_keys():
    evaluation = make_trainer().evaluate(Memory(13), counts(13), keep=True)
    assert evaluation.keys == [f"k{i:03d}" for i in range(13)]
    assert evaluation.targets.tolist() == [i % 3 for i in range(13)]
    assert evaluation.probabilities.sum(1) == pytest.approx(np.ones(13))


def test_what_is_kept_of_an_evaluation_is_said_in_fp32():
    trainer = make_trainer(precision="bf16")
    kept = trainer.evaluate(Memory(13, shuffle=False), counts(13), keep=True)
    exact = trainer.model(Memory(13).data).softmax(1)
    assert kept.probabilities == pytest.approx(exact.detach().numpy(), abs=1e-6)


def test_the_confusion_and_the_loss_are_of_what_the_model_says():
    class Sure(torch.nn.Module):
        def forward(self, samples):
            return 50.0 * torch.nn.functional.one_hot(samples.long(), 3)

    batch = Batch(torch.tensor([0, 1, 1, 2]), torch.tensor([0, 1, 2, 2]), list("abcd"))
    listed = {"a": 1, "b": 1, "c": 2}
    scored = evaluation.evaluate(Sure(), [batch], listed, list("abc"), Ranks())
    assert scored.confusion.tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    assert scored.loss == pytest.approx(-np.log(1e-12) / 4, rel=1e-3)
    assert scored.keys == []
