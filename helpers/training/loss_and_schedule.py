"""The loss, learning rate schedule and precision of training; knows tensors, no loop, no ranks."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def learning_rate(progress: float, *, warmup: float, schedule: str = "cosine") -> float:
    """Return the learning rate as a share of its peak, by the share of the run that is done.

    The schedule: a linear warm-up, then a half cosine to 0 ('cosine') or four halvings ('step').
    """
    if progress < warmup:
        return (progress + 1e-3) / (warmup + 1e-3)
    rest = (progress - warmup) / max(1 - warmup, 1e-9)
    if schedule == "step":
        return 0.5 ** min(int(rest * 5), 4)
    return 0.5 * (1 + math.cos(math.pi * min(rest, 1.0)))


def choose_precision(wanted: str, device: torch.device) -> str:
    """Return fp32, bf16 or fp16: the fastest that the device computes in hardware."""
    if wanted != "auto":
        return wanted
    if device.type != "cuda":
        return "bf16" if processor_has_bf16() else "fp32"
    return "bf16" if torch.cuda.get_device_capability(device)[0] >= 8 else "fp16"


def fuses_steps(device: torch.device) -> bool:
    """Return whether torch has the fused AdamW on a device: on a CPU from 2.4 on."""
    return device.type == "cuda" or torch.__version__ >= "2.4"


def processor_has_bf16() -> bool:
    """Return whether this processor has bf16 in hardware, which halves the time of a step."""
    known = getattr(torch.cpu, "get_capabilities", dict)()  # torch has it from 2.11 on
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))


def soft_targets(
    target: Tensor,
    classes: int,
    smoothing: float,
    secondary: Sequence[Sequence[int]] = (),
    weight: float = 0.0,
) -> Tensor:
    """Return label indices as distributions: float (B, classes).

    Args:
        secondary: for each sample, the positions of its secondary labels; empty for none.
        weight: the share of a sample's target that its secondary labels get together.
    """
    hot = functional.one_hot(target, classes).float()
    for row, others in enumerate(secondary if weight else ()):
        if others:
            hot[row] *= 1 - weight
            hot[row, list(others)] += weight / len(others)
    return hot * (1 - smoothing) + smoothing / classes


def weighted_cross_entropy(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Return each sample's cross-entropy, float32 (B,), with each class's part weighted."""
    return -(targets * weights * functional.log_softmax(logits.float(), dim=1)).sum(1)
