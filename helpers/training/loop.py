"""The training loop of one run over any number of ranks; it knows no files, S3 or data sets."""

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from helpers.metrics import macro_recall_error, metric_line, score_confusion
from helpers.networks.augment import draw_mix, mix, no_augmentation
from helpers.networks.classifier import Classifier
from helpers.training.checkpoint import Checkpoints, StopRequest
from helpers.training.distributed import Ranks
from helpers.training.evaluation import Evaluation, evaluate
from helpers.training.loss_and_schedule import (
    choose_precision,
    learning_rate,
    soft_targets,
    weighted_cross_entropy,
)
from helpers.training.optimizers import make_optimizer
from helpers.training.options import MONITORS, Options
from helpers.training.profiling import StepProfile, phase
from helpers.training.progress import Progress, WaitClock


class Loader(Protocol):
    """The part of stream.py's ShardLoader that the trainer uses."""

    def set_epoch(self, epoch: int) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator: ...
    def state_dict(self) -> dict[str, int]: ...
    def load_state_dict(self, state: dict[str, int]) -> None: ...


class Trainer:
    """One model in training on this rank.

    Args:
        class_weights: one for each label, in order; their mean over the samples is 1.
        profile: profiles some steps.
    """

    def __init__(
        self,
        model: Classifier,
        class_weights: Mapping[str, float],
        ranks: Ranks,
        options: Options,
        checkpoints: Checkpoints,
        stop: StopRequest,
        profile: StepProfile | None = None,
    ):
        self.profile = profile or StepProfile()
        self.ranks, self.options, self.device = ranks, options, ranks.device
        self.checkpoints, self.stop = checkpoints, stop
        self.model = model.to(self.device, memory_format=torch.channels_last)
        self.augmentation = model.augmentation if options.augment == "yes" else no_augmentation
        self.network = ranks.wrap(self.model, options.sync_batch_norm)
        self.optimizer = make_optimizer(self.model, options, self.device)
        self.precision = choose_precision(options.precision, self.device)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.precision == "fp16")
        self.labels = list(class_weights)
        self.class_weights = torch.tensor(list(class_weights.values()), device=self.device)
        self.progress, self.begun = Progress(), False

    def train_epoch(self, loader: Loader) -> dict[str, float] | None:
        """Train the rest of the current epoch and return its metrics, or None after a stop request.

        Raises:
            FloatingPointError: the loss is not finite.
        """
        now = self.progress
        if self.ranks.any(self.stop.made)[0]:
            return None
        loader.set_epoch(now.epoch)
        if now.step:
            loader.load_state_dict(now.loader)
        self.network.train()
        before, clock = now.samples, WaitClock(loader)
        if not self._steps(clock, loader):
            return None
        train_loss = now.loss_sum / max(now.samples, 1)
        if not math.isfinite(train_loss):
            raise FloatingPointError(
                f"The loss of epoch {now.epoch + 1} is {train_loss}: lower --lr or --clip-norm"
            )
        return {"train_loss": train_loss, **clock.numbers(now.samples - before)}

    def _steps(self, batches: Iterable, loader: Loader) -> bool:
        """Run the epoch's steps; return False if the ranks agreed to stop before its end."""
        now, pause = self.progress, self.options.sync_every * self.options.accumulate
        steps, done = len(loader), now.step
        loss_sum = torch.tensor(now.loss_sum if self.ranks.first else 0.0, device=self.device)
        samples = now.samples if self.ranks.first else 0
        for batch in self.profile.steps(batches):
            loss_sum += self._step(batch, done, steps)
            samples += len(batch.target)
            done += 1
            if not self.begun:
                # The log dates this line, which shows the time until the first step.
                self.begun = True
                self.ranks.print("First step done")
            if done % pause == 0 and done < steps:
                if self._pause(loader, done, loss_sum, samples):
                    return False
        self._note(done, loss_sum, samples)
        return True

    def _step(self, batch: object, done: int, steps: int) -> Tensor:
        """Run one batch forward and backward, and return its summed loss."""
        options = self.options
        moment = f"{options.seed}/{self.progress.epoch}/{done}/{self.ranks.rank}"
        torch.manual_seed(random.Random(moment).getrandbits(63))
        with phase("copy"):
            data = batch.data.to(self.device, non_blocking=True)
            if data.dim() == 4:  # photos: the conversion is cheapest on bytes
                data = data.contiguous(memory_format=torch.channels_last)
            targets = self._augment(self._targets(batch))
        last = (done + 1) % options.accumulate == 0 or done + 1 == steps
        local = self.network is not self.model and not last
        with self.network.no_sync() if local else nullcontext():
            with phase("forward"):
                with self._autocast():
                    logits = self.network(data)
                losses = weighted_cross_entropy(logits, targets, self.class_weights)
            with phase("backward"):
                self.scaler.scale(losses.mean() / options.accumulate).backward()
        if last:
            first = done - done % options.accumulate
            with phase("update"):
                self._update((self.progress.epoch + first / steps) / options.epochs)
        return losses.detach().sum()

    def _targets(self, batch: object) -> Tensor:
        """Return a batch's labels as distributions, float (B, classes)."""
        smoothing, weight = self.options.label_smoothing, self.options.secondary_weight
        secondary = batch.secondary if weight else ()
        targets = soft_targets(batch.target, len(self.labels), smoothing, secondary, weight)
        return targets.to(self.device, non_blocking=True)

    def _augment(self, targets: Tensor) -> Tensor:
        """Set the model's augmentation for this step; return the targets, mixed with mixup."""
        if not self.options.mixup:
            self.model.augment = self.augmentation
            return targets
        share, partners = draw_mix(len(targets), self.options.mixup, self.device)
        self.model.augment = lambda inputs: self.augmentation(mix(inputs, share, partners))
        return mix(targets, share, partners)

    def _update(self, progress: float) -> None:
        """Run the optimizer's step at the learning rate of the schedule."""
        options = self.options
        share = learning_rate(progress, warmup=options.warmup, schedule=options.schedule)
        for group in self.optimizer.param_groups:
            group["lr"] = options.lr * share
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.model.parameters(), options.clip_norm)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)

    def _autocast(self) -> torch.autocast:
        """Return the mixed-precision context."""
        dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(self.precision)
        return torch.autocast(self.device.type, dtype=dtype, enabled=dtype is not None)

    def _pause(self, loader: Loader, done: int, loss_sum: Tensor, samples: int) -> bool:
        """Let the ranks agree on a checkpoint or a stop; return whether to stop."""
        due = self.ranks.first and self.checkpoints.due()
        stop, save = self.ranks.any(self.stop.made, due)
        if stop or save:
            self._note(done, loss_sum, samples)
            self.progress.loader = loader.state_dict()
            self.save()
        return stop

    def save(self) -> None:
        """Write a checkpoint on the first rank: all ranks have the same weights."""
        if self.ranks.first:
            number = self.progress.epoch * 1_000_000 + self.progress.step
            self.checkpoints.save(self.state(), number)

    def _note(self, done: int, loss_sum: Tensor, samples: int) -> None:
        """Add all ranks' sums of this epoch to the progress."""
        total, count = self.ranks.sum(np.array([loss_sum.item(), samples]))
        self.progress.step, self.progress.loss_sum = done, float(total)
        self.progress.samples = round(float(count))

    def evaluate(
        self, loader: Iterable, counts: Mapping[str, int], keep: bool = False
    ) -> Evaluation:
        """Score a split exactly once over all ranks; see `helpers.training.evaluation.evaluate`.

        Kept predictions are made in fp32, as in an endpoint.
        """
        with nullcontext() if keep else self._autocast():
            return evaluate(self.model, loader, counts, self.labels, self.ranks, keep=keep)

    def end_epoch(self, numbers: dict[str, float], validation: Evaluation) -> dict[str, float]:
        """Record an epoch, keep the best weights and a checkpoint; return the epoch's row."""
        now = self.progress
        row = {"epoch": now.epoch + 1, **numbers, **self._scores(validation)}
        now.history.append(row)
        now.stale += 1
        self._keep_if_best(row, now.epoch + 1)
        now.epoch, now.step, now.loss_sum, now.samples = now.epoch + 1, 0, 0.0, 0
        self.save()
        return row

    def _scores(self, validation: Evaluation) -> dict[str, float]:
        row = {"validation_loss": validation.loss}
        scores = score_confusion(validation.confusion, self.labels)
        names = ("accuracy", "macro_recall", "macro_f1", "rmse")
        row |= {f"validation_{name}": scores[name] for name in names if name in scores}
        row["validation_macro_recall_error"] = macro_recall_error(validation.confusion)
        return row

    def _keep_if_best(self, row: Mapping[str, float], epoch: int) -> None:
        now, value = self.progress, row[self.options.monitor] * MONITORS[self.options.monitor]
        if value > now.best:
            now.best, now.best_epoch, now.stale = value, epoch, 0
            now.best_weights = copy_weights(self.model)

    def finished(self) -> bool:
        """Return whether the run is over, the same on all ranks: last epoch or early stopping."""
        now, options = self.progress, self.options
        over = self.ranks.any(now.epoch >= options.epochs or now.stale >= options.patience)[0]
        if over:
            place = f"Rank {self.ranks.rank} of {self.ranks.world_size}"
            print(f"{place} ends after epoch {now.epoch} of {options.epochs}\n", end="", flush=True)
        return over

    def resume(
        self, validation: Iterable | None = None, counts: Mapping[str, int] | None = None
    ) -> None:
        """Resume from the first rank's newest checkpoint, if there is one.

        Args:
            validation: batches on which the weights that a run without a checkpoint starts from are
                scored: those of a trained model are the best ones until an epoch is better.
            counts: the batches' samples by label.
        """
        state = self.ranks.broadcast(self.checkpoints.load() if self.ranks.first else None)
        if state is not None:
            self.restore(state)
            self.ranks.print(f"Resumed from a checkpoint: {self.progress}")
        elif validation is not None:
            self.progress.initial = self._scores(self.evaluate(validation, counts or {}))
            self._keep_if_best(self.progress.initial, 0)
            self.ranks.print(f"The initial model: {metric_line(**self.progress.initial)}")

    def use_best(self) -> None:
        """Load the best epoch's weights; without a best epoch, those of the last one."""
        if not self.progress.best_weights:
            self.ranks.print(f"Warning: {self.options.monitor} was never a number: no best epoch")
            self.progress.best_weights = copy_weights(self.model)
        self.model.load_state_dict(self.progress.best_weights)

    def state(self) -> dict:
        """Return the state that a resumed run needs."""
        return {
            "progress": asdict(self.progress),
            "model": copy_weights(self.model),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
        }

    def restore(self, state: dict) -> None:
        """Resume from a state that `state` returned."""
        self.progress = Progress(**state["progress"])
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])


def copy_weights(model: nn.Module) -> dict[str, Tensor]:
    """Return the model's parameters and buffers, copied to the CPU."""
    return {k: v.detach().to("cpu", copy=True) for k, v in model.state_dict().items()}
