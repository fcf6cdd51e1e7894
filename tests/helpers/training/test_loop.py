"""The training loop: what it learns, how it stops, and how it goes on."""

import math
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers.networks.model import build_model
from helpers.training.checkpoint import Checkpoints, StopRequest
from helpers.training.distributed import Ranks
from helpers.training.evaluation import CountMismatch
from helpers.training.loop import Trainer
from helpers.training.options import Options

LABELS = ["0", "1", "2"]
SIZES = {"train": 40, "validation": 13}


@dataclass
class Batch:
    data: torch.Tensor
    target: torch.Tensor
    keys: list[str]


class Memory:
    """A loader of photos whose brightness tells their label, all in memory."""

    def __init__(self, size: int, batch_size: int = 8, shuffle: bool = True):
        generator = torch.Generator().manual_seed(size)
        self.target = torch.arange(size) % 3
        noise = torch.randint(0, 60, (size, 3, 16, 16), generator=generator)
        self.data = (noise + 80 * self.target.view(-1, 1, 1, 1)).to(torch.uint8)
        self.batch_size, self.shuffle, self.epoch, self.done = batch_size, shuffle, 0, 0

    def __len__(self) -> int:
        return math.ceil(len(self.target) / self.batch_size)

    def set_epoch(self, epoch: int) -> None:
        self.epoch, self.done = epoch, 0

    def state_dict(self) -> dict:
        return {"epoch": self.epoch, "batches": self.done}

    def load_state_dict(self, state: dict) -> None:
        self.epoch, self.done = state["epoch"], state["batches"]

    def __iter__(self):
        generator = torch.Generator().manual_seed(self.epoch)
        order = torch.randperm(len(self.target), generator=generator)
        if not self.shuffle:
            order = torch.arange(len(self.target))
        for rows in order.split(self.batch_size)[self.done :]:
            self.done += 1
            yield Batch(self.data[rows], self.target[rows], [f"k{row:03d}" for row in rows])


@pytest.fixture(autouse=True)
def as_before():
    """One thread, and the signal handler that was there."""
    threads, handler = torch.get_num_threads(), signal.getsignal(signal.SIGTERM)
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    signal.signal(signal.SIGTERM, handler)


def make_trainer(folder="nowhere", every_s=60.0, weights=(1.0, 1.0, 1.0), **options) -> Trainer:
    torch.manual_seed(0)
    model = build_model("resnet-small", 3, width=4, layers=(1, 1), dropout=0.1)
    return Trainer(
        model,
        dict(zip(LABELS, weights, strict=True)),
        Ranks(),
        Options(**{"epochs": 3, "sync_every": 1, **options}),
        Checkpoints(Path(folder), every_s),
        StopRequest(),
    )


def counts(size: int) -> dict[str, int]:
    return {label: len(range(i, size, 3)) for i, label in enumerate(LABELS)}


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


def test_the_loss_falls_and_the_best_epoch_is_kept():
    trainer = fit(make_trainer(epochs=6, lr=0.01))
    history = trainer.progress.history
    assert history[-1]["train_loss"] < 0.7 * history[0]["train_loss"]
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


@pytest.mark.parametrize("batches", [2, 5, 7])
def test_a_run_stopped_anywhere_ends_as_an_undisturbed_one(tmp_path, batches):
    whole = fit(make_trainer(mixup=0.2))
    stopped = make_trainer(tmp_path, mixup=0.2)
    train, left = Memory(SIZES["train"]), iter(range(batches))
    step = stopped._step

    def counted(*args):
        stopped.stop.made = next(left, None) is None
        return step(*args)

    stopped._step = counted
    fit(stopped, train)
    assert len(stopped.progress.history) < 3
    resumed = make_trainer(tmp_path, mixup=0.2)
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


def test_what_is_kept_of_an_evaluation_is_said_in_fp32():
    trainer = make_trainer(precision="bf16")
    kept = trainer.evaluate(Memory(13, shuffle=False), counts(13), keep=True)
    exact = trainer.model(Memory(13).data).softmax(1)
    assert kept.probabilities == pytest.approx(exact.detach().numpy(), abs=1e-6)
