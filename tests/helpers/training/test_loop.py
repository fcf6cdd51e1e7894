"""The training loop: what it learns, how it stops, and how it goes on."""

import math

import numpy as np
import pytest
import torch

from helpers.training.loop import Trainer
from tests.helpers.training.trainers import Memory, counts, make_trainer

pytestmark = pytest.mark.usefixtures("one_thread")
SIZES = {"train": 40, "validation": 13}


def fit(trainer: Trainer, train: Memory | None = None) -> Trainer:
    """Train to the end or to a stop."""
    train = train or Memory(SIZES["train"])
    while not trainer.finished():
        numbers = trainer.train_epoch(train)
        if numbers is None:
            break
        validation = Memory(SIZES["validation"], shuffle=False)
        trainer.end_epoch(numbers, trainer.evaluate(validation, counts(SIZES["validation"])))
    return trainer


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_loss_falls_and_the_best_epoch_is_kept(optimizer):
    trainer = fit(make_trainer(epochs=6, lr=0.01, optimizer=optimizer))
    history = trainer.progress.history
    assert history[-1]["train_loss"] < 0.7 * history[0]["train_loss"]
    assert all(0 < row["validation_macro_recall_error"] < 0.5 for row in history)
    losses = [row["validation_loss"] for row in history]
    assert trainer.progress.best_epoch == 1 + int(np.argmin(losses))
    trainer.use_best()
    again = trainer.evaluate(Memory(13, shuffle=False), counts(13))
    assert again.loss == pytest.approx(min(losses), abs=1e-6)


def equal(first: Trainer, second: Trainer) -> bool:
    pairs = zip(first.model.state_dict().values(), second.model.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_the_same_seed_gives_the_same_weights():
    assert equal(fit(make_trainer(mixup=0.2)), fit(make_trainer(mixup=0.2)))


@pytest.mark.parametrize(
    "batches, optimizer", [(2, "adamw"), (5, "adamw"), (7, "adamw"), (7, "muon")]
)
def test_a_run_stopped_anywhere_ends_as_an_undisturbed_one(tmp_path, batches, optimizer):
    options = {"mixup": 0.2, "optimizer": optimizer}
    whole = fit(make_trainer(**options))
    stopped = make_trainer(tmp_path, **options)
    train, left = Memory(SIZES["train"]), iter(range(batches))
    step = stopped._step

    def counted(*args):
        stopped.stop.made = next(left, None) is None
        return step(*args)

    stopped._step = counted
    fit(stopped, train)
    assert len(stopped.progress.history) < 3
    resumed = make_trainer(tmp_path, **options)
    resumed.resume()
    assert (resumed.progress.epoch, resumed.progress.step) == divmod(batches + 1, 5)
    fit(resumed)
    assert equal(whole, resumed)
    for a, b in zip(whole.progress.history, resumed.progress.history, strict=True):
        assert a["train_loss"] == pytest.approx(b["train_loss"], abs=1e-6)


def test_checkpoints_come_on_a_period_within_an_epoch(tmp_path):
    trainer = make_trainer(tmp_path, every_s=0)
    trainer.train_epoch(Memory(40))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "checkpoint-000000003.pt",
        "checkpoint-000000004.pt",
    ]


def test_a_run_without_gain_stops_after_its_patience():
    trainer = make_trainer(epochs=9, patience=2)
    rows = [0.5, 0.4, 0.6, 0.5]
    for loss in rows:
        assert not trainer.finished()
        evaluation = trainer.evaluate(Memory(13, shuffle=False), counts(13))
        trainer.end_epoch({}, type(evaluation)(**{**vars(evaluation), "loss": loss}))
    assert trainer.finished()
    assert trainer.progress.best_epoch == 2


def test_a_trained_model_stays_the_best_one_until_an_epoch_is_better(tmp_path):
    trained, validation = fit(make_trainer(epochs=6, lr=0.01)), Memory(13, shuffle=False)
    trainer = make_trainer(tmp_path, epochs=2, lr=5.0)  # unlearns
    trainer.model.load_state_dict(trained.model.state_dict())
    trainer.resume(validation, counts(13))
    initial = trainer.progress.initial["validation_loss"]
    fit(trainer)
    assert all(row["validation_loss"] > initial for row in trainer.progress.history)
    assert trainer.progress.best_row()["validation"]["validation_loss"] == initial
    trainer.use_best()
    assert equal(trainer, trained)
    again = make_trainer(tmp_path, epochs=2)
    again.resume(validation, counts(13))  # from its checkpoint
    assert again.progress.initial["validation_loss"] == initial and again.progress.best_epoch == 0


def test_accumulated_batches_step_as_one_large_batch():
    def weights(batch_size, accumulate):
        trainer = make_trainer(accumulate=accumulate, augment="no", epochs=1)
        trainer.model.eval()  # batch norm and dropout depend on the batch
        trainer.network.train = lambda *_: trainer.model
        trainer.train_epoch(Memory(32, batch_size))
        return torch.cat([p.flatten() for p in trainer.model.parameters()])

    large, small = weights(32, 1), weights(8, 4)
    assert torch.allclose(large, small, atol=2e-5)


def test_a_loss_that_is_not_finite_ends_the_run():
    trainer = make_trainer()
    with torch.no_grad():
        trainer.model.fc.bias[0] = math.nan
    with pytest.raises(FloatingPointError, match="epoch 1 .* lower --lr"):
        trainer.train_epoch(Memory(8))


def test_secondary_labels_pull_the_model_toward_them():
    class Marked(Memory):
        def __iter__(self):
            for batch in super().__iter__():
                batch.secondary = [[2]] * len(batch.keys)
                yield batch

    def share_of_two(weight):
        trainer = make_trainer(epochs=2, lr=0.01, secondary_weight=weight)
        fit(trainer, Marked(40))
        test = trainer.evaluate(Memory(13, shuffle=False), counts(13), keep=True)
        return test.probabilities[test.targets != 2, 2].mean()

    assert share_of_two(0.5) > share_of_two(0.0) + 0.1
