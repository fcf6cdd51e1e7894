"""How a run trains, as settings and as flags of train.py; it does nothing with them."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field, fields

MONITORS = {"validation_loss": -1, "validation_accuracy": 1, "validation_macro_recall": 1}
"""What early stopping can watch, and its better direction."""
CHOICES = {
    "monitor": tuple(MONITORS),
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
    """How to train; every field is a flag of train.py."""

    epochs: int = setting(15, "at most so many passes over the training split")
    lr: float = setting(3e-3, "peak learning rate of AdamW")
    weight_decay: float = setting(1e-2, "of AdamW")
    warmup: float = setting(0.2, "share of the run in which the learning rate rises")
    schedule: str = setting("cosine", "after the warm-up: cosine, or step for four halvings")
    accumulate: int = setting(1, "batches whose gradients make one step")
    label_smoothing: float = setting(0.0, "share of each target spread over all classes")
    augment: str = setting("yes", "mask bands of spectra, mirror photos: yes or no")
    secondary_weight: float = setting(0.0, "share of a target for what else is in the sample")
    mixup: float = setting(0.0, "alpha of mixup's Beta distribution, 0 for none")
    clip_norm: float = setting(5.0, "longest gradient")
    precision: str = setting("auto", "auto, fp32, bf16 or fp16")
    sync_batch_norm: str = setting("auto", "batch norm over all ranks: auto (with NCCL), yes or no")
    patience: int = setting(5, "epochs without a better one before the run stops")
    monitor: str = setting("validation_loss", f"what better means: {', '.join(MONITORS)}")
    seed: int = setting(0, "of weights, order and augmentation")
    sync_every: int = setting(10, "steps between the ranks' agreements on stop and checkpoint")

    def __post_init__(self):
        """Refuse what would fail later, or do something else than asked."""
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise ValueError(f"--{name} is {getattr(self, name)!r}, not {' or '.join(known)}")
        if min(self.epochs, self.accumulate, self.patience, self.sync_every) < 1:
            raise ValueError("--epochs, --accumulate, --patience and --sync-every begin at 1")

    @classmethod
    def add_flags(cls, parser: ArgumentParser) -> None:
        """Give the parser a flag for each field."""
        for option in fields(cls):
            name, text = f"--{option.name.replace('_', '-')}", option.metadata["help"]
            parser.add_argument(name, type=option.type, help=f"{text} ({option.default})")

    @classmethod
    def from_flags(cls, args: Namespace) -> "Options":
        """Return the options that a parser with these flags read, and defaults.py completed."""
        return cls(**{option.name: getattr(args, option.name) for option in fields(cls)})
