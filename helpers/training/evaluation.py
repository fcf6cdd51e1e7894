"""Scores each sample of a split exactly once, over any number of ranks; knows no files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

import numpy as np
import torch
from torch import nn

from helpers.metrics import confusion_matrix
from helpers.networks.classifier import predict_batch
from helpers.training.distributed import Ranks


class Batch(Protocol):
    """A batch of stream.py's loader."""

    data: torch.Tensor
    target: torch.Tensor
    keys: list[str]


class EvaluationFailed(RuntimeError):
    """Another rank could not score its share; the message has the rank and the reason."""


class CountMismatch(RuntimeError):
    """An evaluation did not see exactly the samples that the manifest lists."""


@dataclass(frozen=True)
class Evaluation:
    """The results of all ranks together on a split; equal on every rank."""

    confusion: np.ndarray
    """int64 (classes, classes), a row for each true class."""
    loss: float
    """Mean negative log likelihood, unweighted."""
    keys: list[str]
    """Sample keys, sorted; keys, targets and probabilities are empty unless kept."""
    targets: np.ndarray
    probabilities: np.ndarray
    """float64 (samples, classes)."""


@torch.inference_mode()
def evaluate(
    model: nn.Module,
    loader: Iterable[Batch],
    counts: Mapping[str, int],
    labels: Sequence[str],
    ranks: Ranks,
    *,
    keep: bool = False,
) -> Evaluation:
    """Score every sample of this rank's share, and sum over the ranks.

    `model` is not wrapped in DDP: ranks may have different numbers of batches, so they communicate
    only at the end.

    Args:
        counts: samples of each label in the whole split, from the manifest.
        keep: return every sample's probabilities too.

    Raises:
        CountMismatch: the samples seen by all ranks differ from `counts`, or one came twice.
        EvaluationFailed: another rank raised, and itself raises its own error. So all ranks raise
            together, and may continue together.
    """
    ranks.share_buffers(model)
    model.eval()
    error, counted, kept = None, np.zeros(len(labels) ** 2 + 1), []
    try:
        counted, kept = score_share(model, loader, len(labels), ranks, keep=keep)
    except Exception as raised:  # raised below, when no rank waits for this one
        error = raised
    if ranks.any(error is not None)[0]:
        raise_together(error, ranks)
    parts = [part for share in ranks.gather(kept) for part in share] if keep else []
    *confusion, loss = ranks.sum(counted)
    confusion = np.array(confusion).round().astype(np.int64).reshape(len(labels), len(labels))
    check_counts(confusion, counts, labels)
    mean = float(loss) / max(int(confusion.sum()), 1)
    return Evaluation(confusion, mean, *merge(parts, len(labels)))


def score_share(
    model: nn.Module, loader: Iterable[Batch], classes: int, ranks: Ranks, *, keep: bool
) -> tuple[np.ndarray, list[tuple]]:
    """Score this rank's samples, without waiting for other ranks.

    Returns:
        The confusion matrix and the summed loss in one row, and (keys, targets, probabilities) of
        each batch if they are kept.
    """
    confusion, loss = np.zeros((classes, classes)), 0.0
    kept = []
    for batch in loader:
        chances, target = predict_batch(model, batch.data.to(ranks.device)), batch.target.numpy()
        loss -= float(np.log(np.maximum(chances[np.arange(len(target)), target], 1e-12)).sum())
        confusion += confusion_matrix(target, chances.argmax(1), classes)
        if keep:
            kept.append((batch.keys, target, chances))
    return np.append(confusion.ravel(), loss), kept


def raise_together(error: Exception | None, ranks: Ranks) -> NoReturn:
    """Raise this rank's error, or one that reports another rank's.

    Raises:
        EvaluationFailed: another rank raised.
    """
    reasons = ranks.gather(None if error is None else f"{type(error).__name__}: {error}")
    if error is not None:
        raise error
    rank, reason = next((i, reason) for i, reason in enumerate(reasons) if reason)
    raise EvaluationFailed(f"rank {rank}: {reason}")


def check_counts(confusion: np.ndarray, counts: Mapping[str, int], labels: Sequence[str]) -> None:
    """Compare the samples seen of each label with the manifest's.

    Raises:
        CountMismatch: they differ.
    """
    seen = dict(zip(labels, confusion.sum(1).tolist(), strict=True))
    wrong = [
        f"{label}: {n} seen, {counts.get(label, 0)} listed"
        for label, n in seen.items()
        if n != counts.get(label, 0)
    ]
    if wrong:
        raise CountMismatch(f"The evaluation is not exact ({', '.join(wrong[:5])})")


def merge(parts: list[tuple], classes: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Join batches of (keys, targets, probabilities) in the order of their keys.

    Raises:
        CountMismatch: a key came twice.
    """
    keys = [key for part in parts for key in part[0]]
    if len(set(keys)) != len(keys):
        raise CountMismatch(f"The evaluation saw {len(keys) - len(set(keys))} samples twice")
    order = sorted(range(len(keys)), key=keys.__getitem__)
    targets = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in parts)])
    chances = np.concatenate([np.zeros((0, classes)), *(part[2] for part in parts)])
    return [keys[i] for i in order], targets[order], chances[order]
