"""One training run: its settings, loop, ranks, checkpoints and records; no AWS."""
