"""The options of a training run, which are also flags of train.py; uses none of them."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field, fields

MONITORS = {"validation_loss": -1, "validation_accuracy": 1, "validation_macro_recall": 1}
"""Metrics that early stopping can monitor; 1 where more is better, -1 where less is."""
CHOICES = {
    "monitor": tuple(MONITORS),
    "optimizer": ("adamw", "muon"),
    "augment": ("yes", "no"),
    "schedule": ("cosine", "step"),
    "precision": ("auto", "fp32", "bf16", "fp16"),
    "sync_batch_norm": ("auto", "yes", "no"),
}


def setting(default: object, text: str) -> object:
    """Return a field that is also a flag with this help."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Options:
    """The options of a training run; every field is a flag of train.py."""

    epochs: int = setting(15, "most passes over the training split")
    optimizer: str = setting("adamw", "adamw, or muon, which has it for all but convolutions")
    lr: float = setting(3e-3, "peak learning rate")
    weight_decay: float = setting(1e-2, "weight decay, as a share of the learning rate")
    warmup: float = setting(0.2, "share of the run in which the learning rate rises")
    schedule: str = setting("cosine", "after the warm-up: cosine, or step for four halvings")
    accumulate: int = setting(1, "batches whose gradients make one step")
    label_smoothing: float = setting(0.0, "share of each target spread over all classes")
    augment: str = setting("yes", "SpecAugment of spectra, jitter of photos: yes or no")
    secondary_weight: float = setting(0.0, "share of a target for secondary labels")
    mixup: float = setting(0.0, "alpha of mixup's Beta distribution, 0 for none")
    clip_norm: float = setting(5.0, "largest norm of the gradient")
    precision: str = setting("auto", "auto, fp32, bf16 or fp16")
    sync_batch_norm: str = setting("auto", "batch norm over all ranks: auto (with NCCL), yes or no")
    patience: int = setting(5, "epochs without improvement before the run stops")
    monitor: str = setting("validation_loss", f"metric of early stopping: {', '.join(MONITORS)}")
    seed: int = setting(0, "seed of weights, order and augmentation")
    sync_every: int = setting(10, "steps between checks of all ranks for stop and checkpoint")

    def __post_init__(self):
        """Refuse options that would fail later, or have no effect."""
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise ValueError(f"--{name} is {getattr(self, name)!r}, not {' or '.join(known)}")
        if min(self.epochs, self.accumulate, self.patience, self.sync_every) < 1:
            raise ValueError("--epochs, --accumulate, --patience and --sync-every begin at 1")

    @classmethod
    def add_flags(cls, parser: ArgumentParser) -> None:
        """Add a flag for each field to the parser."""
        for option in fields(cls):
            name, text = f"--{option.name.replace('_', '-')}", option.metadata["help"]
            parser.add_argument(name, type=option.type, help=f"{text} ({option.default})")

    @classmethod
    def from_flags(cls, args: Namespace) -> "Options":
        """Return the options of parsed flags, which defaults.py has completed."""
        return cls(**{option.name: getattr(args, option.name) for option in fields(cls)})
