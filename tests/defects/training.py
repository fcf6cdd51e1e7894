"""Defects of the training loop: ranks that disagree, a loss without weights, a wrapped model."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
import torch.distributed as dist

from helpers.metrics import macro_over_classes, roc_auc
from helpers.networks.model import build_model
from helpers.stream import Batch
from helpers.training.attempts import Attempts
from helpers.training.checkpoint import Checkpoints, StopRequest
from helpers.training.defaults import complete
from helpers.training.distributed import Ranks
from helpers.training.evaluation import Evaluation
from helpers.training.loop import Trainer, copy_weights, weighted_cross_entropy
from helpers.training.options import Options
from scripts_train import train
from tests.defects.bench import Bench, Defect
from tests.made_shards import make_shards

LABELS = ["0", "1", "2"]
STEPS, BATCH = 4, 8
"""Of an epoch, and over all ranks."""
CALM = {"epochs": 6, "augment": "no", "sync_every": 1, "precision": "fp32"}
"""Options without chance and without rounding: sums over ranks come in another order."""


class Share:
    """A rank's part of batches that are the same on any number of ranks."""

    def __init__(self, ranks: Ranks):
        generator = torch.Generator().manual_seed(1)
        shape = (STEPS, BATCH, 3, 16, 16)
        self.data = torch.randint(0, 255, shape, generator=generator, dtype=torch.uint8)
        self.target = torch.arange(STEPS * BATCH).view(STEPS, BATCH) % 3
        self.rows = slice(ranks.rank, None, ranks.world_size)

    def __len__(self) -> int:
        return STEPS

    def set_epoch(self, epoch: int) -> None:
        """Be the same in every epoch."""

    def __iter__(self):
        for data, target in zip(self.data, self.target, strict=True):
            yield Batch(data[self.rows], target[self.rows], [])


def make_trainer(kind: type[Trainer], ranks: Ranks, **options) -> Trainer:
    """Return a small model in its trainer, without batch statistics and chance."""
    torch.manual_seed(ranks.rank)  # DDP has to make the ranks equal
    model = build_model("resnet-small", 3, width=4, layers=(1, 1)).eval()
    options = Options(**{**CALM, **options})
    nowhere = Checkpoints(Path("nowhere"))
    weights = dict.fromkeys(LABELS, 1.0)
    trainer = kind(model, weights, ranks, options, nowhere, StopRequest())
    trainer.network.train = lambda *_: trainer.network
    return trainer


def scored(loss: float) -> Evaluation:
    """Return an evaluation with this loss."""
    return Evaluation(np.eye(3, dtype=np.int64), loss, [], np.zeros(0), np.zeros((0, 3)))


# Early stopping.


def evaluations_until_the_end(ranks: Ranks, kind: type[Trainer]) -> int:
    """Train until the trainer is done, on a split that gets worse for the first rank alone."""
    trainer, count = make_trainer(kind, ranks, patience=1), 0
    while not trainer.finished():
        numbers = trainer.train_epoch(Share(ranks))
        count += 1
        trainer.end_epoch(numbers, scored(count if ranks.first else 1 / count))
    return count


class AsksAlone(Trainer):
    """Reaches the agreement on the first rank only."""

    def finished(self) -> bool:
        over = self.progress.stale >= self.options.patience
        return self.ranks.any(over)[0] if self.ranks.first else over


def an_early_stop_ends_all_ranks(kind: type[Trainer], bench: Bench) -> None:
    """All ranks end after the evaluation at which one of them wants to."""
    assert bench.on_ranks(evaluations_until_the_end, kind) == [2, 2]


# The learning rate.


def rates(ranks: Ranks, kind: type[Trainer]) -> list[float]:
    """Return the learning rate of each step of two epochs."""
    trainer, found = make_trainer(kind, ranks, epochs=2), []
    step = trainer.optimizer.step
    groups = trainer.optimizer.param_groups
    trainer.optimizer.step = lambda *args: (found.append(groups[0]["lr"]), step(*args))[1]
    for epoch in range(2):
        trainer.progress.epoch, trainer.progress.step = epoch, 0
        trainer.train_epoch(Share(ranks))
    return found


class SchedulesOnFirst(Trainer):
    """Steps the schedule on the first rank only."""

    def _update(self, progress: float) -> None:
        super()._update(progress if self.ranks.first else 0.0)


def the_rate_is_equal_on_all_ranks(kind: type[Trainer], bench: Bench) -> None:
    """Every step has one rate, and steps differ."""
    first, second = bench.on_ranks(rates, kind)
    assert first == second
    assert len(first) == 2 * STEPS == len(set(first))


# What ranks send each other.


def parameters(ranks: Ranks, kind: type[Trainer]) -> tuple[np.ndarray, int]:
    """Return the parameters after an epoch, and how many numbers all_reduce was given."""
    sent, all_reduce = [], dist.all_reduce

    def counted(tensor: torch.Tensor, *args, **options) -> object:
        sent.append(tensor.numel())
        return all_reduce(tensor, *args, **options)

    with patch("torch.distributed.all_reduce", counted):
        trainer = make_trainer(kind, ranks, epochs=1)
        trainer.train_epoch(Share(ranks))
    return torch.cat([p.detach().flatten() for p in trainer.model.parameters()]).numpy(), sum(sent)


class SumsParameters(Trainer):
    """All-reduces parameters on top of DDP."""

    share = 1.0

    def _update(self, progress: float) -> None:
        super()._update(progress)
        for parameter in self.model.parameters():
            if self.ranks.world_size > 1:
                dist.all_reduce(parameter.data)
                parameter.data *= self.share


class AveragesParameters(SumsParameters):
    """Does so with their mean: nothing changes but the traffic, which doubles."""

    share = 0.5


def two_ranks_step_as_one_large_batch(kind: type[Trainer], bench: Bench) -> None:
    """Parameters are those of one process with the whole batch, and DDP alone sends anything."""
    ((alone, _),) = bench.on_ranks(parameters, kind, count=1)
    for together, sent in bench.on_ranks(parameters, kind):
        assert np.abs(together - alone).max() < 1e-6
        assert sent < len(alone), "more than flags and sums was sent besides DDP's gradients"


# The model's names.


def saved_names(ranks: Ranks, kind: type[Trainer]) -> list[str]:
    """Return the names of the weights that a checkpoint and the artefact get."""
    trainer = make_trainer(kind, ranks)
    trainer.end_epoch({}, scored(1.0))
    return [*trainer.state()["model"], *trainer.progress.best_weights]


class KeepsWrapper(Trainer):
    """Saves the network that DDP wraps."""

    def end_epoch(self, numbers: dict, validation: Evaluation) -> dict:
        row = super().end_epoch(numbers, validation)
        self.progress.best_weights = copy_weights(self.network)
        return row


def saved_weights_have_the_bare_models_names(kind: type[Trainer], bench: Bench) -> None:
    """What is saved loads into a model that knows no DDP."""
    expected = list(build_model("resnet-small", 3, width=4, layers=(1, 1)).state_dict())
    for names in bench.on_ranks(saved_names, kind):
        assert names == expected * 2


# The loss, and what early stopping watches.


def unweighted(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Leave the class weights out."""
    return weighted_cross_entropy(logits, targets, torch.ones_like(weights))


def class_weights_are_in_the_loss(loss: Callable, bench: Bench) -> None:
    """A step's loss on a class is its weight times what it is without."""
    batch = Batch(torch.zeros(4, 3, 16, 16, dtype=torch.uint8), torch.full((4,), 2), [])
    losses = []
    for weight in (1.0, 5.0):
        trainer = make_trainer(Trainer, Ranks())
        trainer.class_weights[2] = weight
        with patch("helpers.training.loop.weighted_cross_entropy", loss):
            losses.append(float(trainer._step(batch, 0, 1)))
    assert abs(losses[1] - 5 * losses[0]) < 1e-3 * losses[1]


def the_run_takes_the_manifests_weights(flags: list[str], bench: Bench) -> None:
    """Training as the notebook starts it weighs classes as the manifest says."""
    manifest = make_shards(bench.folder, train=7)
    assert len(set(manifest.class_weights.values())) > 1
    args = train.parse_args(["--data", str(bench.folder), *flags])
    trainer = train.make_trainer(complete(args, manifest.dataset), manifest, Ranks(), Attempts())
    expected = [manifest.class_weights[label] for label in manifest.labels]
    assert np.allclose(trainer.class_weights.numpy(), expected)


def judged(probabilities: np.ndarray, target: np.ndarray) -> float:
    """Return what our default monitor makes of a validation, more being better."""
    trainer = make_trainer(Trainer, Ranks())
    confusion = np.zeros((3, 3), np.int64)
    np.add.at(confusion, (target, probabilities.argmax(1)), 1)
    loss = -np.log(probabilities[np.arange(len(target)), target]).mean()
    trainer.end_epoch({}, Evaluation(confusion, float(loss), [], target, probabilities))
    return trainer.progress.best


def macro_auc(probabilities: np.ndarray, target: np.ndarray) -> float:
    """Judge by macro ROC-AUC."""
    return macro_over_classes(roc_auc, probabilities, target)


def early_stopping_sees_wrong_answers(judge: Callable, bench: Bench) -> None:
    """A model that is always right is better than one that ranks well and is mostly wrong."""
    target = np.arange(6) % 3
    right = np.full((6, 3), 0.05) + 0.85 * np.eye(3)[target]
    biased = right * [1, 0.01, 0.01]
    biased /= biased.sum(1, keepdims=True)
    assert (biased.argmax(1) == 0).all()
    assert judge(right, target) > judge(biased, target)
    assert np.isfinite(judge(right[:1], target[:1])), "a split of one class has a value too"


DEFECTS = [
    Defect("all_reduce of the early stop on rank 0 only", an_early_stop_ends_all_ranks, Trainer,
           AsksAlone),
    Defect("schedule on rank 0 only", the_rate_is_equal_on_all_ranks, Trainer, SchedulesOnFirst),
    Defect("parameters summed on top of DDP", two_ranks_step_as_one_large_batch, Trainer,
           SumsParameters),
    Defect("parameters averaged on top of DDP", two_ranks_step_as_one_large_batch, Trainer,
           AveragesParameters),
    Defect("module. in the state dict", saved_weights_have_the_bare_models_names, Trainer,
           KeepsWrapper),
    Defect("class weights commented out", class_weights_are_in_the_loss, weighted_cross_entropy,
           unweighted),
    Defect("a run without class weights", the_run_takes_the_manifests_weights, [],
           ["--class-weights", "none"]),
    Defect("macro AUC decides the early stop", early_stopping_sees_wrong_answers, judged,
           macro_auc),
]  # fmt: skip
